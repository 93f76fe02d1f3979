#!/bin/sh
# Runs the unit tests of the services: ./test.sh [words for pytest]
# The Python environment lies in the cache under the digest of what is installed in it, so it is made once.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
digest=$(cat api-gateway/requirements.txt orchestrator/requirements.txt condenser-worker/requirements.txt requirements-test.txt | { cat; "$python" --version; } | sha256sum | cut -c1-16)
environment="${XDG_CACHE_HOME:-$HOME/.cache}/mostik/balance-plus/python-$digest"
if [ ! -e "$environment/ready" ]; then
  echo "making $environment" >&2
  rm -rf "$environment"
  "$python" -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r api-gateway/requirements.txt -r orchestrator/requirements.txt -r condenser-worker/requirements.txt -r requirements-test.txt
  touch "$environment/ready"
fi
exec "$environment/bin/python" -B -m pytest "$@"
