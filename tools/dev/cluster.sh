# Sourced by ./dev: the example of a Redis Cluster with three nodes of latchkey.

run_cluster() {
  ensure_packages build cluster
  build_preset release latchkey
  exec python3 examples/cluster/run.py --program build/release/latchkey "$@"
}
