// A small stroke font of the library's own, in the manner of technical lettering: printable ASCII at any size.
//
// A glyph is a list of pen strokes on a grid where capitals are 14 units high, x is 10 and the base line is 0. Points
// are "x,y"; "~" marks the control point of a parabolic arc, "|" lifts the pen. In a text, "^" raises what follows up
// to the next space or bracket: "10^-3".
#pragma once

#include <ebm/io/canvas.hpp>

#include <charconv>
#include <string_view>

namespace ebm {

enum class Align { left, centre, right };

struct TextStyle {
  double size = 15;  // pixels from one line to the next that would look set solid; capitals have 0.7 of it
  Color color = Color::hex(0x262626);
  Align align = Align::left;
  double weight = 1;      // of the strokes
  bool vertical = false;  // reads upwards
};

namespace detail {

struct Glyph {
  double width;
  std::string_view strokes;
};

// From the space to the tilde.
inline constexpr Glyph kGlyphs[] = {
    {3, ""},
    {0, "0,14 0,4.6|0,0.2 0,0.4"},
    {3, "0,14 0,10.4|3,14 3,10.4"},
    {11, "2.6,0 4.6,14|7,0 9,14|0.6,9.4 11,9.4|0,4.6 10.4,4.6"},
    {9, "8.6,11.6 ~7.6,14 4.6,14 ~0.6,14 0.6,10.6 ~0.6,8 4.7,7.2 ~9,6.3 9,3.5 ~9,0 4.6,0 ~1,0 0,2.8|4.6,16 4.6,-2"},
    {13.8,
     "2.8,14 ~0,14 0,10.8 ~0,7.6 2.8,7.6 ~5.6,7.6 5.6,10.8 ~5.6,14 2.8,14|11,14 3,0|"
     "11,6.4 ~8.2,6.4 8.2,3.2 ~8.2,0 11,0 ~13.8,0 13.8,3.2 ~13.8,6.4 11,6.4"},
    {10.6,
     "10.6,0 2.4,9.4 ~1.2,10.8 1.2,11.6 ~1.2,14 4,14 ~6.8,14 6.8,11.4 ~6.8,9.6 4,8 ~0,6 0,3.4 ~0,0 4,0 ~8.6,0 9.8,6"},
    {0, "0,14 0,10.4"},
    {3, "3,16 ~0,12 0,6 ~0,0 3,-4"},
    {3, "0,16 ~3,12 3,6 ~3,0 0,-4"},
    {6, "3,14 3,8|0.4,12.5 5.6,9.5|0.4,9.5 5.6,12.5"},
    {8, "0,6 8,6|4,10 4,2"},
    {0.8, "0.8,0.4 0.2,-2.4"},
    {6, "0,6 6,6"},
    {0, "0,0.2 0,0.4"},
    {6, "0,-1.6 6,15"},
    {8, "4,14 ~0,14 0,7 ~0,0 4,0 ~8,0 8,7 ~8,14 4,14"},
    {8, "1.4,11.2 4.8,14 4.8,0"},
    {8, "0.4,10.4 ~0.6,14 4.1,14 ~7.7,14 7.7,10.4 ~7.7,8 5,5.2 0,0 8,0"},
    {8, "0.4,12 ~1.4,14 4,14 ~7.4,14 7.4,10.8 ~7.4,7.6 3.6,7.6 2.8,7.6|3.6,7.6 ~8,7.6 8,3.8 ~8,0 4,0 ~1,0 0,2.6"},
    {8, "6,0 6,14 0,4 8.2,4"},
    {8, "7.2,14 1.2,14 0.6,7.4 ~1.8,8.8 4,8.8 ~8,8.8 8,4.5 ~8,0 3.9,0 ~1,0 0,2.4"},
    {8, "7,12.6 ~6.2,14 4.4,14 ~0,14 0,6 0,4.4 ~0,0 4,0 ~8,0 8,4.4 ~8,8.8 4,8.8 ~0,8.8 0,4.4"},
    {8, "0,14 8,14 2.8,0"},
    {8,
     "4,7.6 ~0.6,7.6 0.6,10.8 ~0.6,14 4,14 ~7.4,14 7.4,10.8 ~7.4,7.6 4,7.6 ~0,7.6 0,3.8 ~0,0 4,0 ~8,0 8,3.8 ~8,7.6 "
     "4,7.6"},
    {8, "1,1.4 ~1.8,0 3.6,0 ~8,0 8,8 8,9.6 ~8,14 4,14 ~0,14 0,9.6 ~0,5.2 4,5.2 ~8,5.2 8,9.6"},
    {0, "0,0.2 0,0.4|0,8.6 0,8.8"},
    {0.8, "0.8,0.4 0.2,-2.4|0.8,8.6 0.8,8.8"},
    {8, "8,11 0,6 8,1"},
    {8, "0,8 8,8|0,4 8,4"},
    {8, "0,11 8,6 0,1"},
    {7, "0,11 ~0.4,14 3.6,14 ~7,14 7,11 ~7,8.6 5,7.4 ~3.4,6.2 3.4,4.6|3.4,0.2 3.4,0.4"},
    {13.6,
     "9,9.4 9,4.8 ~9,2.4 11,2.4 ~13.6,2.4 13.6,6.4 ~13.6,13 7.2,13 ~0,13 0,5.4 ~0,-3 7.2,-3 ~10,-3 12,-1.8|"
     "9,6 ~9,9.6 6.4,9.6 ~3.6,9.6 3.6,6 ~3.6,2.4 6.4,2.4 ~9,2.4 9,6"},
    {11, "0,0 5.5,14 11,0|1.9,4.8 9.1,4.8"},
    {9, "0,0 0,14 4.8,14 ~8.4,14 8.4,10.8 ~8.4,7.5 4.8,7.5 0,7.5|4.8,7.5 ~9,7.5 9,3.7 ~9,0 4.8,0 0,0"},
    {10, "10,11.2 ~8.6,14 5.6,14 ~0,14 0,7 ~0,0 5.6,0 ~8.6,0 10,2.8"},
    {10, "0,0 0,14 4,14 ~10,14 10,7 ~10,0 4,0 0,0"},
    {8, "8,14 0,14 0,0 8,0|0,7.4 7,7.4"},
    {8, "8,14 0,14 0,0|0,7.2 7,7.2"},
    {10.8, "10.2,11.2 ~8.8,14 5.6,14 ~0,14 0,7 ~0,0 5.6,0 ~10.8,0 10.8,5 10.8,6.6 6.4,6.6"},
    {10, "0,0 0,14|10,0 10,14|0,7.4 10,7.4"},
    {0, "0,0 0,14"},
    {6, "6,14 6,4.2 ~6,0 2.8,0 ~0.6,0 0,2.4"},
    {9.8, "0,0 0,14|9.4,14 0,5.2|3.4,8.3 9.8,0"},
    {7.6, "0,14 0,0 7.6,0"},
    {12, "0,0 0,14 6,4.5 12,14 12,0"},
    {10, "0,0 0,14 10,0 10,14"},
    {12, "6,14 ~0,14 0,7 ~0,0 6,0 ~12,0 12,7 ~12,14 6,14"},
    {9, "0,0 0,14 5,14 ~9,14 9,10.2 ~9,6.4 5,6.4 0,6.4"},
    {12, "6,14 ~0,14 0,7 ~0,0 6,0 ~12,0 12,7 ~12,14 6,14|7.5,3.4 11.8,-1"},
    {9.4, "0,0 0,14 5,14 ~9,14 9,10.2 ~9,6.4 5,6.4 0,6.4|5,6.4 9.4,0"},
    {9, "8.6,11.6 ~7.6,14 4.6,14 ~0.6,14 0.6,10.6 ~0.6,8 4.7,7.2 ~9,6.3 9,3.5 ~9,0 4.6,0 ~1,0 0,2.8"},
    {10, "0,14 10,14|5,14 5,0"},
    {10, "0,14 0,5 ~0,0 5,0 ~10,0 10,5 10,14"},
    {11, "0,14 5.5,0 11,14"},
    {16, "0,14 4,0 8,12 12,0 16,14"},
    {10, "0,14 10,0|10,14 0,0"},
    {10, "0,14 5,6.6 10,14|5,6.6 5,0"},
    {9, "0.4,14 9,14 0,0 9.2,0"},
    {3, "3,16 0,16 0,-4 3,-4"},
    {6, "0,15 6,-1.6"},
    {3, "0,16 3,16 3,-4 0,-4"},
    {7, "0,9 3.5,14 7,9"},
    {9, "0,-2 9,-2"},
    {2, "0,14 2,11.6"},
    {7.2, "0.6,8.4 ~1.6,10 4,10 ~7.2,10 7.2,6.8 7.2,0|7.2,5.8 4,5.8 ~0,5.6 0,2.7 ~0,0 3,0 ~7.2,0 7.2,4.2"},
    {8, "0,14 0,0|0,5 ~0,10 4,10 ~8,10 8,5 ~8,0 4,0 ~0,0 0,5"},
    {7.2, "7.2,8 ~6.2,10 4,10 ~0,10 0,5 ~0,0 4,0 ~6.2,0 7.2,2"},
    {8, "8,14 8,0|8,5 ~8,10 4,10 ~0,10 0,5 ~0,0 4,0 ~8,0 8,5"},
    {8, "0.1,5.4 8,5.4 ~8,10 4,10 ~0,10 0,5 ~0,0 4.2,0 ~6.6,0 7.6,2"},
    {5, "5,13.8 ~4.4,14 3.8,14 ~1.8,14 1.8,11.4 1.8,0|0,10 4.8,10"},
    {8, "8,10 8,-0.4 ~8,-4 4.2,-4 ~1.6,-4 0.6,-2.6|8,5 ~8,10 4,10 ~0,10 0,5 ~0,0 4,0 ~8,0 8,5"},
    {7.4, "0,14 0,0|0,6 ~0.4,10 4,10 ~7.4,10 7.4,6.4 7.4,0"},
    {0, "0,0 0,10|0,13.4 0,13.6"},
    {1.6, "1.6,10 1.6,-1.4 ~1.6,-4 -0.6,-4|1.6,13.4 1.6,13.6"},
    {7.2, "0,14 0,0|6.8,10 0,3.8|2.7,6.2 7.2,0"},
    {2, "0,14 0,2.6 ~0,0 2,0"},
    {12.4, "0,10 0,0|0,6.2 ~0.4,10 3.5,10 ~6.2,10 6.2,6.6 6.2,0|6.2,6.2 ~6.6,10 9.7,10 ~12.4,10 12.4,6.6 12.4,0"},
    {7.4, "0,10 0,0|0,6 ~0.4,10 4,10 ~7.4,10 7.4,6.4 7.4,0"},
    {8.4, "4.2,10 ~0,10 0,5 ~0,0 4.2,0 ~8.4,0 8.4,5 ~8.4,10 4.2,10"},
    {8, "0,10 0,-4|0,5 ~0,10 4,10 ~8,10 8,5 ~8,0 4,0 ~0,0 0,5"},
    {8, "8,10 8,-4|8,5 ~8,10 4,10 ~0,10 0,5 ~0,0 4,0 ~8,0 8,5"},
    {4.4, "0,10 0,0|0,5.6 ~0.4,10 3.6,10 4.4,9.9"},
    {7, "6.6,8.2 ~5.8,10 3.6,10 ~0.5,10 0.5,7.6 ~0.5,5.8 3.6,5.2 ~7,4.5 7,2.5 ~7,0 3.6,0 ~0.9,0 0,2"},
    {5, "1.8,13 1.8,2.8 ~1.8,0 4,0 5,0.2|0,10 4.8,10"},
    {7.4, "0,10 0,3.6 ~0,0 3.4,0 ~7,0 7.4,4|7.4,10 7.4,0"},
    {8, "0,10 4,0 8,10"},
    {12, "0,10 3,0 6,9 9,0 12,10"},
    {7.6, "0,10 7.6,0|7.6,10 0,0"},
    {8, "0,10 4,0|8,10 3.2,-2.2 ~2.5,-4 0.6,-4"},
    {7, "0.3,10 7,10 0,0 7.2,0"},
    {4, "4,16 ~1.8,16 1.8,13.6 1.8,9 ~1.8,6 0,6 ~1.8,6 1.8,3 1.8,-1.6 ~1.8,-4 4,-4"},
    {0, "0,16 0,-4"},
    {4, "0,16 ~2.2,16 2.2,13.6 2.2,9 ~2.2,6 4,6 ~2.2,6 2.2,3 2.2,-1.6 ~2.2,-4 0,-4"},
    {8, "0,4.8 ~0.6,7.4 3,6.6 5,5.8 ~7.4,5 8,7.6"},
};

// Reads a number and the character after it.
[[gnu::noinline]] inline double take_number(std::string_view& text) {
  double value = 0;
  const char* const end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// Appends the strokes of a glyph, scaled and moved, as paths of straight pieces.
[[gnu::noinline]] inline void append_glyph(const Glyph& glyph, double left, double base, double scale,
                                           std::vector<Path>& paths) {
  bool pen_up = true, bend = false, bent = false;
  Position control;
  for (std::string_view rest = glyph.strokes; !rest.empty();) {
    if (const char mark = rest.front(); mark == ' ' || mark == '|' || mark == '~') {
      pen_up = pen_up || mark == '|';
      bend = mark == '~';
      rest.remove_prefix(1);
      continue;
    }
    Position p;
    p.x = left + scale * take_number(rest);
    rest.remove_prefix(1);
    p.y = base - scale * take_number(rest);
    if (std::exchange(bend, false)) {
      control = p;
      bent = true;
      continue;
    }
    if (std::exchange(pen_up, false)) paths.emplace_back();
    if (std::exchange(bent, false)) {
      const Position start = paths.back().back();
      for (const double t : {0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875}) {
        const double u = 1 - t;
        paths.back().push_back({u * u * start.x + 2 * u * t * control.x + t * t * p.x,
                                u * u * start.y + 2 * u * t * control.y + t * t * p.y});
      }
    }
    paths.back().push_back(p);
  }
}

// The pen strokes of a text from (0, 0) to the right, and how far they reach. What is not ASCII is shown as "?".
[[gnu::noinline]] inline double layout_text(std::string_view text, double size, std::vector<Path>* paths) {
  double x = 0;
  bool raised = false;
  for (const char character : text) {
    if ((static_cast<unsigned char>(character) & 0xC0) == 0x80) continue;  // the rest of a UTF-8 sequence
    if (character == '^') {
      raised = true;
      continue;
    }
    raised = raised && character != ' ' && character != ')' && character != ']';
    const double scale = size / 20 * (raised ? 0.72 : 1.0);
    const Glyph& glyph = kGlyphs[character >= ' ' && character <= '~' ? character - ' ' : '?' - ' '];
    if (paths) append_glyph(glyph, x + 1.6 * scale, raised ? -0.36 * size : 0.0, scale, *paths);
    x += (glyph.width + 3.2) * scale;
  }
  return x;
}

}  // namespace detail

inline double text_width(std::string_view text, double size) { return detail::layout_text(text, size, nullptr); }

// The position is on the base line, at the left end, the centre or the right end of the text.
[[gnu::noinline]] inline void draw_text(Canvas& canvas, std::string_view text, Position position,
                                        const TextStyle& style = {}) {
  std::vector<Path> paths;
  const double width = detail::layout_text(text, style.size, &paths);
  const double shift = style.align == Align::left ? 0.0 : style.align == Align::right ? -width : -width / 2;
  for (Path& path : paths) {
    for (Position& p : path) {
      const Position turned = style.vertical ? Position{p.y, -p.x - shift} : Position{p.x + shift, p.y};
      p = {position.x + turned.x, position.y + turned.y};
    }
  }
  canvas.stroke(paths, style.weight * style.size * 0.088, style.color);
}

}  // namespace ebm
