# The guide in docs/cpp: its snippets compile, and its programs are built as their pages say.
# Sourced by tools/dev/test.sh, after tests/consume/ways.sh.

# check_guide PREFIX
check_guide() {
  local page
  python3 tools/check_snippets.py programs build/consume/guide
  check "the snippets of the guide compile" python3 tools/check_snippets.py compile "$1" &
  for page in first_login beast testing; do
    check "the program of docs/cpp/$page.md" guide_program "$page" "$1"
  done
  wait
}

guide_program() {
  local program=build/consume/guide_$1/$1
  build_consumer "guide_$1" "build/consume/guide/$1" -DCMAKE_PREFIX_PATH="$2" \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wconversion -Werror" || return 1
  case $1 in
    testing) "$program" ;;
    *) python3 tests/examples/hello.py "$program" /logout ;;
  esac
}
