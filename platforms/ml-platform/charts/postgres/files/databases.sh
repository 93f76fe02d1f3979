# Makes a database for each file in /databases, owned by a user of its name with the password in the file.
# Doing it again changes nothing but a password that is another one.
set -euo pipefail

sql() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname=postgres "$@"
}

for attempt in $(seq 1 60); do
  if sql --command='select 1' >/dev/null 2>&1; then break; fi
  if [ "$attempt" -eq 60 ]; then
    sql --command='select 1' >/dev/null
  fi
  sleep 1
done

for file in /databases/*; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  password=$(cat "$file")
  # Over stdin: arguments of a process can be read by others.
  sql --set=name="$name" <<SQL
\set password '$password'
select format('create role %I login', :'name') where not exists (select from pg_roles where rolname = :'name') \gexec
select format('alter role %I password %L', :'name', :'password') \gexec
select format('create database %I owner %I', :'name', :'name') where not exists (select from pg_database where datname = :'name') \gexec
select format('revoke connect on database %I from public', :'name') \gexec
SQL
  echo "database $name is there"
done
