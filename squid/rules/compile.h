/* Makes the table of the rules out of the objects of the store. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "table.h"

enum { NAME_BYTES = 64, SHA256_DIGITS = 64, MAX_SETS = 1024 };

/* A set as the index has it. */
struct set_entry {
  char name[NAME_BYTES];
  char sha256[SHA256_DIGITS + 1];
};

/* What is made, or why it cannot be: in words for the log, without anything of what was read. */
struct compilation {
  char problem[256];
  size_t set_count;
  struct set_entry entries[MAX_SETS];
  struct parts *parts;
};

/* Takes the index, and the bytes for itself; false, and a problem, if anything is wrong with it. The entries say what to take next. */
bool compile_index(struct compilation *compilation, char *bytes, size_t length);

/* Takes the object of a set. */
bool compile_set(struct compilation *compilation, size_t entry, char *bytes, size_t length);

/* Writes the table, when all sets are taken, and fills its header but for the time. */
bool write_table(const struct compilation *compilation, int file, struct table *header);

void end_compilation(struct compilation *compilation);
