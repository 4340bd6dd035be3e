#!/bin/sh
# Writes the digest that each image of docker/bases.env has in its registry today behind its tag; all of them, or none.
set -eu
cd "$(dirname "$0")"
fail() { echo "make pin: $*; docker/bases.env stays as it was" >&2; exit 5; }

new=$(mktemp bases.env.XXXXXX)
trap 'rm -f "$new"' EXIT
while IFS= read -r line; do
  case $line in
    [A-Z]*=*)
      image=${line#*=} image=${image%%@*}
      docker pull --quiet "$image" >/dev/null || fail "no registry gave $image"
      digest=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" |
        sed -n "s|^${image%:*}@\(sha256:[0-9a-f]\{64\}\)\$|\1|p")
      [ -n "$digest" ] || fail "$image has no digest of its registry (docker image inspect)"
      line=${line%%=*}=$image@$digest
      echo "$line" >&2
      ;;
  esac
  echo "$line"
done <bases.env >"$new"
cat "$new" >bases.env # keeps its mode
