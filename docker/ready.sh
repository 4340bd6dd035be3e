#!/bin/sh
# Whether SERVICE of docker-compose.yml can start here, said in one line before compose says it in ten.
set -eu
service=$1 image=$2
fail() { echo "make: $*" >&2; exit 1; }

docker info >/dev/null 2>&1 || fail "no container engine answers (docker info); leave out IN=docker to run without one"
case $service in
  kit | kit-jax) none="on the CPU: make image SERVICE=kit-cpu, then the same again with SERVICE=kit-cpu" ;;
  *) none="" ;;
esac
[ -z "$none" ] || nvidia-smi -L >/dev/null 2>&1 || fail "no NVIDIA GPU here (nvidia-smi -L), and SERVICE=$service wants one; $none"
docker image inspect "$image" >/dev/null 2>&1 || fail "no image $image yet: make image SERVICE=$service"
[ -z "$none" ] || docker run --rm --gpus all --network none --entrypoint true "$image" 2>/dev/null ||
  fail "the engine cannot pass the GPU on: install nvidia-container-toolkit; or $none"
mkdir -p data runs kernels # else the engine makes them, and they belong to root
