# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernels of src/cuda as PTX, in a GResource of the layer. Nothing of CUDA is needed beside a
# compiler, to build, and beside the driver, to run: see src/cuda/driver.hpp.
#
# clang comes first. Its PTX is of a version that every driver takes; nvcc's only those take that are as
# new as the toolkit, and a package is made for machines whose drivers nobody knows.

set(WEBRTCSERVER_CUDA AUTO CACHE STRING "Kernels for CUDA devices: AUTO, ON or OFF")
set_property(CACHE WEBRTCSERVER_CUDA PROPERTY STRINGS AUTO ON OFF)

# The benchmark is configured by itself, too.
get_filename_component(cuda_root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(cuda_ptx ${PROJECT_BINARY_DIR}/cuda/kernels.ptx)
set(cuda_source ${cuda_root}/src/cuda/kernels.cu)
find_program(GLIB_COMPILE_RESOURCES glib-compile-resources REQUIRED)
set(cuda_command "")
if(WEBRTCSERVER_CUDA)
  find_program(WEBRTCSERVER_CLANG NAMES clang++ clang++-18 clang++-16 clang++-15 clang++-14)
  find_program(WEBRTCSERVER_NVCC nvcc PATHS /usr/local/cuda/bin)
  if(WEBRTCSERVER_CLANG)
    # Not every clang has the target.
    set(clang_command ${WEBRTCSERVER_CLANG} -x cuda --cuda-device-only --cuda-gpu-arch=sm_50
      -nocudainc -nocudalib -Wno-unknown-cuda-version -std=c++17 -O3 -S)
    file(WRITE ${PROJECT_BINARY_DIR}/cuda/probe.cu "__attribute__((global)) void probe() {}\n")
    execute_process(
      COMMAND ${clang_command} -o ${PROJECT_BINARY_DIR}/cuda/probe.ptx
        ${PROJECT_BINARY_DIR}/cuda/probe.cu
      RESULT_VARIABLE clang_failed OUTPUT_QUIET ERROR_QUIET)
    if(NOT clang_failed)
      set(cuda_command ${clang_command})
      set(cuda_compiler ${WEBRTCSERVER_CLANG})
    endif()
  endif()
  if(NOT cuda_command AND WEBRTCSERVER_NVCC)
    # The oldest that the toolkit knows.
    execute_process(COMMAND ${WEBRTCSERVER_NVCC} --list-gpu-arch
      OUTPUT_VARIABLE nvcc_targets ERROR_QUIET)
    if(nvcc_targets MATCHES "compute_[0-9]+")
      set(cuda_command ${WEBRTCSERVER_NVCC} -x cu -ptx -arch=${CMAKE_MATCH_0} -std=c++17 -O3)
      set(cuda_compiler ${WEBRTCSERVER_NVCC})
    endif()
  endif()
endif()

if(cuda_command)
  message(STATUS "CUDA kernels: compiled by ${cuda_compiler}")
  add_custom_command(
    OUTPUT ${cuda_ptx}
    COMMAND ${cuda_command} -I${cuda_root}/src -o ${cuda_ptx} ${cuda_source}
    DEPENDS ${cuda_source} ${cuda_root}/src/cuda/kernel_job.hpp
      ${cuda_root}/src/cuda/kernel_memory.hpp
      ${cuda_root}/src/cuda/conversion_math.hpp
    COMMENT "Compiling the CUDA kernels"
    VERBATIM)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/cuda/kernels.gresource.xml CONTENT
"<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<gresources>
  <gresource prefix=\"/webrtcserver/cuda\">
    <file compressed=\"true\">kernels.ptx</file>
  </gresource>
</gresources>
")
  add_custom_command(
    OUTPUT ${PROJECT_BINARY_DIR}/cuda/kernels_resource.c
    COMMAND ${GLIB_COMPILE_RESOURCES} --generate-source --internal --c-name webrtcserver_cuda
      --sourcedir=${PROJECT_BINARY_DIR}/cuda --target=${PROJECT_BINARY_DIR}/cuda/kernels_resource.c
      ${PROJECT_BINARY_DIR}/cuda/kernels.gresource.xml
    DEPENDS ${cuda_ptx} ${PROJECT_BINARY_DIR}/cuda/kernels.gresource.xml
    COMMENT "Embedding the CUDA kernels"
    VERBATIM)
  # Who links the layer gets them too.
  add_library(webrtcserver-cuda-kernels OBJECT ${PROJECT_BINARY_DIR}/cuda/kernels_resource.c)
  if(TARGET webrtcserver-cuda)
    target_link_libraries(webrtcserver-cuda-kernels PRIVATE webrtcserver-dependencies)
    target_sources(webrtcserver-cuda INTERFACE $<TARGET_OBJECTS:webrtcserver-cuda-kernels>)
  else()
    target_link_libraries(webrtcserver-cuda-kernels PRIVATE PkgConfig::BENCH)
  endif()
elseif(WEBRTCSERVER_CUDA STREQUAL "ON")
  message(FATAL_ERROR "CUDA kernels: neither a clang with the target nvptx64 nor nvcc was found.")
else()
  message(STATUS "CUDA kernels: left out (WEBRTCSERVER_CUDA=${WEBRTCSERVER_CUDA}; needs clang or nvcc)")
endif()
