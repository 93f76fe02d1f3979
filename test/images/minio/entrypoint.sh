#!/bin/sh
# Takes what a MinIO server takes: `server FOLDER [--address HOST:PORT] [--console-address HOST:PORT]`, the keys from
# MINIO_ROOT_USER and MINIO_ROOT_PASSWORD (or a file that *_FILE names), MINIO_REGION, MINIO_BROWSER=off.
# Asked for its health, it answers below /minio/health/. The console is versitygw's own page.
set -eu

fail() {
  echo "$1" >&2
  exit 1
}

[ "${1:-}" != minio ] || shift
[ "${1:-}" = server ] || exec "$@"
shift
folder='' address=:9000 console=''
while [ $# -gt 0 ]; do
  case $1 in
    --address | --console-address) [ $# -gt 1 ] || fail "$1 needs a value" ;;
  esac
  case $1 in
    --address) address=$2; shift ;;
    --address=*) address=${1#*=} ;;
    --console-address) console=$2; shift ;;
    --console-address=*) console=${1#*=} ;;
    --quiet | --anonymous | --json) ;;
    -*) fail "the option $1 of MinIO is not known to this image" ;;
    *) [ -z "$folder" ] || fail 'this image serves one folder'; folder=$1 ;;
  esac
  shift
done
[ -n "$folder" ] || fail 'server needs the folder to keep objects in'
[ -z "${MINIO_ROOT_USER_FILE:-}" ] || MINIO_ROOT_USER=$(cat "$MINIO_ROOT_USER_FILE")
[ -z "${MINIO_ROOT_PASSWORD_FILE:-}" ] || MINIO_ROOT_PASSWORD=$(cat "$MINIO_ROOT_PASSWORD_FILE")
export ROOT_ACCESS_KEY=${MINIO_ROOT_USER:-minioadmin} ROOT_SECRET_KEY=${MINIO_ROOT_PASSWORD:-minioadmin}
[ ${#ROOT_ACCESS_KEY} -ge 3 ] || fail 'MINIO_ROOT_USER needs 3 characters at least'
[ ${#ROOT_SECRET_KEY} -ge 8 ] || fail 'MINIO_ROOT_PASSWORD needs 8 characters at least'
mkdir -p "$folder"
set -- --port "$address" --region "${MINIO_REGION:-us-east-1}" --health '/minio/health/*' --quiet
if [ -n "$console" ] && [ "${MINIO_BROWSER:-on}" != off ]; then
  set -- "$@" --webui "$console"
fi
exec versitygw "$@" posix "$folder"
