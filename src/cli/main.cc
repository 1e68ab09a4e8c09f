#include "cli/program.h"

int main(int argc, char** argv) { return latchkey::cli::run_program(argc, argv); }
