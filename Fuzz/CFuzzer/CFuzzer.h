// libFuzzer's entry (compiler-rt, lib/fuzzer/FuzzerInterface.h), for a program with a main of its own.
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
