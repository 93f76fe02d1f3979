# Makes the buckets that are named as arguments. One that is there already stays as it is.
set -eu

# Prints the status of an answer; the keys go over stdin, since arguments of a process can be read by others.
s3() {
  printf 'user = "%s:%s"\n' "$ACCESS_KEY" "$SECRET_KEY" |
    curl --silent --show-error --max-time 20 --config - --aws-sigv4 "aws:amz:$REGION:s3" --output /dev/null --write-out '%{http_code}' "$@" || true
}

attempt=0
until [ "$(curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' "$ENDPOINT/minio/health/ready" || true)" = 200 ]; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    echo "$ENDPOINT does not get ready" >&2
    exit 1
  fi
  sleep 1
done

for bucket in "$@"; do
  status=$(s3 --head "$ENDPOINT/$bucket")
  if [ "$status" = 200 ]; then
    echo "bucket $bucket is there"
    continue
  fi
  status=$(s3 --request PUT "$ENDPOINT/$bucket")
  case $status in
    200) echo "bucket $bucket is made" ;;
    409) echo "bucket $bucket is there" ;;
    *)
      echo "bucket $bucket cannot be made: the server answered $status" >&2
      exit 1
      ;;
  esac
done
