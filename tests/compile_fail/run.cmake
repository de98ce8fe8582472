# cmake -P run.cmake SOURCE COMPILER FLAG...
#
# The first line of SOURCE is "// expect: REGEX" if it must be rejected with a message that REGEX matches, and
# "// expect-success" if it must compile.
set(source "${CMAKE_ARGV3}")
foreach(index RANGE 4 ${CMAKE_ARGC})
  list(APPEND command ${CMAKE_ARGV${index}})
endforeach()

file(STRINGS "${source}" first_line LIMIT_COUNT 1)
execute_process(COMMAND ${command} "${source}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)

if(first_line STREQUAL "// expect-success")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "This should compile:\n${output}")
  endif()
elseif(first_line MATCHES "^// expect: (.+)$")
  set(expected "${CMAKE_MATCH_1}")
  if(result EQUAL 0)
    message(FATAL_ERROR "This should not compile")
  elseif(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "The compiler's output does not match '${expected}':\n${output}")
  endif()
else()
  message(FATAL_ERROR "The first line says neither '// expect: REGEX' nor '// expect-success'")
endif()
