# Makes the realm of /realm on $SERVER, or changes it to be as there: its settings, then roles, clients and users.
# Doing it again changes nothing. What is not declared (users who registered, other clients) is left alone.
set -eu

say() { echo "realm $REALM: $1"; }

fail() {
  echo "realm $REALM: $1" >&2
  exit 1
}

# A token of the administrator lives for a minute: each step takes a new one. The password goes over a file, since
# arguments of a process can be read by others.
sign_in() {
  printf '%s' "$ADMIN_PASSWORD" >/tmp/password
  answer=$(curl --silent --max-time 30 "$SERVER/realms/master/protocol/openid-connect/token" \
    --data grant_type=password --data client_id=admin-cli --data-urlencode "username=$ADMIN_USERNAME" --data-urlencode password@/tmp/password || true)
  token=$(printf '%s' "$answer" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
  printf 'header = "Authorization: Bearer %s"\n' "$token" >/tmp/authorization
}

# Calls the admin API: METHOD PATH [more of curl]. The body is then in /tmp/body; prints the status.
api() {
  method=$1 path=$2
  shift 2
  curl --silent --show-error --max-time 60 --config /tmp/authorization --request "$method" --header 'Content-Type: application/json' \
    --output /tmp/body --write-out '%{http_code}' "$@" "$SERVER/admin/realms$path" || true
}

# The same, where one of these answers is right: STATUSES METHOD PATH [more of curl].
must() {
  expected=$1
  shift
  status=$(api "$@")
  case " $expected " in
    *" $status "*) ;;
    *) fail "$1 $2 was answered with $status: $(cat /tmp/body 2>/dev/null || true)" ;;
  esac
}

# The id in the first object of the last answer.
id_of_answer() { sed -n 's/^\[*{"id":"\([^"]*\)".*/\1/p' /tmp/body; }

umask 077
attempt=0
until sign_in && [ -n "$token" ]; do
  attempt=$((attempt + 1))
  [ "$attempt" -lt 90 ] || fail "Keycloak at $SERVER lets the administrator not in: $answer"
  sleep 2
done

if [ "$(api GET "/$REALM")" = 404 ]; then
  must '201 409' POST '' --data @/realm/realm.json
  say made
else
  must '204' PUT "/$REALM" --data @/realm/realm.json
  say 'there, settings set'
fi

for file in /realm/role.*.json; do
  [ -f "$file" ] || continue
  name=${file#/realm/role.}
  name=${name%.json}
  if [ "$(api GET "/$REALM/roles/$name")" = 404 ]; then must '201 409' POST "/$REALM/roles" --data "@$file"; fi
  must '204' PUT "/$REALM/roles/$name" --data "@$file"
  say "role $name"
done

for file in /realm/client.*.json; do
  [ -f "$file" ] || continue
  sign_in
  name=${file#/realm/client.}
  name=${name%.json}
  must '200' GET "/$REALM/clients?clientId=$name"
  id=$(id_of_answer)
  if [ -z "$id" ]; then must '201' POST "/$REALM/clients" --data "@$file"; else must '204' PUT "/$REALM/clients/$id" --data "@$file"; fi
  say "client $name"
done

for file in /realm/user.*.json; do
  [ -f "$file" ] || continue
  sign_in
  name=${file#/realm/user.}
  name=${name%.json}
  must '200' GET "/$REALM/users?exact=true&briefRepresentation=true&username=$name"
  id=$(id_of_answer)
  if [ -z "$id" ]; then
    must '201' POST "/$REALM/users" --data "@$file"
    must '200' GET "/$REALM/users?exact=true&briefRepresentation=true&username=$name"
    id=$(id_of_answer)
  else
    must '204' PUT "/$REALM/users/$id" --data "@$file"
  fi
  printf '{"type":"password","temporary":false,"value":"%s"}' "$(cat "/users/$name")" >/tmp/credential
  must '204' PUT "/$REALM/users/$id/reset-password" --data @/tmp/credential
  for role in /realm/role.*.json; do
    [ -f "$role" ] || continue
    role=${role#/realm/role.}
    role=${role%.json}
    must '200' GET "/$REALM/roles/$role"
    printf '[%s]' "$(cat /tmp/body)" >/tmp/role
    case " $(cat "/realm/roles.$name") " in
      *" $role "*) must '204' POST "/$REALM/users/$id/role-mappings/realm" --data @/tmp/role ;;
      *) must '204' DELETE "/$REALM/users/$id/role-mappings/realm" --data @/tmp/role ;;
    esac
  done
  say "user $name: $(cat "/realm/roles.$name")"
done
