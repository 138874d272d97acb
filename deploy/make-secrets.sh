#!/bin/sh
# Makes what is not there yet in deploy/secrets/: passwords, keys, and the addresses that hold them.
# Keep a copy of field_keys elsewhere: without it encrypted fields stay locked, and no backup has it.
set -eu
umask 077
folder="${1:-$(dirname "$0")/secrets}"
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
keep() { # name, words; a file that is there stays as it is
  [ -s "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"
}

for name in postgres_password owner_password app_password broker_password cache_password metrics_token; do
  keep "$name" "$(random 24)"
done
keep secret_key "$(random 50)"
keep field_keys "1:$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
keep database_url "postgresql://office_app:$(cat "$folder/app_password")@postgres:5432/office"
keep database_owner_url "postgresql://office_owner:$(cat "$folder/owner_password")@postgres:5432/office"
keep redis_url "redis://:$(cat "$folder/broker_password")@broker:6379/0"
keep cache_url "redis://:$(cat "$folder/cache_password")@cache:6379/0"
# Containers read them as a user of their own; on this machine the folder is closed to everybody else.
chmod 644 "$folder"/*
