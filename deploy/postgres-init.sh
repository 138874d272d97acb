#!/bin/sh
# Once, in a new cluster: the owner migrates, the serving role may not change tables. The same roles as
# launch/postgres.py makes on one machine; what rows only grow is taken from the serving role after each migration.
set -eu
owner="$(cat "${OWNER_PASSWORD_FILE:-/run/secrets/owner_password}")"
app="$(cat "${APP_PASSWORD_FILE:-/run/secrets/app_password}")"
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=owner="$owner" --set=app="$app" \
  --username="${POSTGRES_USER:-postgres}" --dbname=template1 <<'SQL'
CREATE ROLE office_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD :'owner';
CREATE ROLE office_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE PASSWORD :'app';
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
ALTER DEFAULT PRIVILEGES FOR ROLE office_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO office_app;
ALTER DEFAULT PRIVILEGES FOR ROLE office_owner GRANT USAGE, SELECT ON SEQUENCES TO office_app;
CREATE DATABASE office OWNER office_owner;
REVOKE CONNECT ON DATABASE office FROM PUBLIC;
GRANT CONNECT ON DATABASE office TO office_app;
SQL
