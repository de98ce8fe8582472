// The main function of Catch2 version 2, compiled once; version 3 brings a library with its own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
