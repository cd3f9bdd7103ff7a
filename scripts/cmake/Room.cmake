# Compiled once, before the sources: the standard headers that most of them include. Targets of one purpose
# have the same options, which g++ asks for, and share one. Heavier ones only where a room names them:
# each source compiles again, at its end, the templates and inline functions that they leave to it, which of nlohmann-json
# and CLI11 costs more than it saves, and rooms must not get what they may not include. The sources include all they use: -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON.
function(stepladder_precompile target purpose)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    # What is precompiled forgets that the library turns these off around its strings where they are false.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
  get_property(owner GLOBAL PROPERTY stepladder_precompiled_${purpose})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
    return()
  endif()
  target_precompile_headers(${target} PRIVATE <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <filesystem> <fstream>
    <functional> <limits> <map> <memory> <numeric> <optional> <set> <span> <sstream> <stdexcept> <string> <string_view>
    <utility> <variant> <vector> ${ARGN})
  set_property(GLOBAL PROPERTY stepladder_precompiled_${purpose} ${target})
endfunction()

# A room is one library: sources src/ROOM/*.cpp, public headers include/stepladder/ROOM/*.hpp, tests
# tests/ROOM/*_test.cpp. USES names the rooms below it, `mpi` left out where it is not built; LINKS names outside libraries.
# COMPUTES: -O3, which gains the others nothing. TALKS: nobody waits for what it does, -O1 compiles it a fifth faster.
# PRECOMPILES names headers to precompile beside the standard ones; a room above that has the same options and may include
# them can share them: PRECOMPILED_BY.
function(stepladder_room room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COMPUTES;TALKS" "PRECOMPILED_BY" "USES;LINKS;PRECOMPILES")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${room}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT STEPLADDER_MPI)
    list(REMOVE_ITEM arg_USES mpi)
  endif()
  list(TRANSFORM arg_USES PREPEND stepladder_)
  if(NOT sources)
    add_library(stepladder_${room} INTERFACE)
    target_include_directories(stepladder_${room} INTERFACE ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(stepladder_${room} INTERFACE ${arg_USES} ${arg_LINKS})
    return()
  endif()
  add_library(stepladder_${room} STATIC ${sources})
  target_include_directories(stepladder_${room} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(stepladder_${room} PUBLIC ${arg_USES} ${arg_LINKS})
  set(purpose usual)
  if(arg_COMPUTES)
    target_compile_options(stepladder_${room} PRIVATE $<$<CONFIG:Release>:-O3>)
    set(purpose computing)
  elseif(arg_TALKS)
    target_compile_options(stepladder_${room} PRIVATE $<$<CONFIG:Release>:-O1>)
    set(purpose talking)
  endif()
  if(arg_PRECOMPILES)
    set(purpose ${room})
  elseif(arg_PRECOMPILED_BY)
    set(purpose ${arg_PRECOMPILED_BY})
  endif()
  stepladder_precompile(stepladder_${room} ${purpose} ${arg_PRECOMPILES})
endfunction()

function(stepladder_room_tests room)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM ARGN PREPEND stepladder_)
  add_executable(${room}_tests ${sources})
  target_include_directories(${room}_tests PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${room}_tests PRIVATE stepladder_${room} ${ARGN} GTest::gtest_main GTest::gmock)
  stepladder_precompile(${room}_tests tests <gtest/gtest.h> <gmock/gmock.h>)
  gtest_discover_tests(${room}_tests TEST_PREFIX "${room}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120)
endfunction()
