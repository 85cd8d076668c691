#!/bin/sh
# What an operator does with docker/compose.yml, a command each; `docker/demanda.sh` alone lists them.
set -eu
cd "$(dirname "$0")"
BACKUP_USER="$(id -u):$(id -g)"
export BACKUP_USER

#  secrets        make the secrets that are missing, in docker/secrets
make_secrets() {
    # The folder is closed; the files are open because the containers' own users read them.
    mkdir -p secrets backups && chmod 700 secrets backups
    for name in secret_key postgres_password redis_password metrics_token grafana_password; do
        [ -s "secrets/$name" ] || head -c 48 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_' > "secrets/$name"
    done
    [ -s secrets/database_url ] ||
        printf 'postgres://demanda:%s@postgres:5432/demanda' "$(cat secrets/postgres_password)" > secrets/database_url
    [ -s secrets/redis_url ] ||
        printf 'redis://:%s@redis:6379/0' "$(cat secrets/redis_password)" > secrets/redis_url
    chmod 444 secrets/*
}

#  up             build, migrate, start everything and wait until it is well
up() {
    make_secrets
    # Of what is checked out, older or newer than the image that is there; where nothing differs it takes no time.
    docker compose up --build --detach --wait
}

#  upgrade        back up, build, migrate, and start what has changed
upgrade() {
    docker compose build migrate
    backup
    # Before the new programs start: the old ones run on with a schema that has more than they know.
    docker compose run --rm migrate
    docker compose up --detach --wait
}

#  backup         write a dump into docker/backups (BACKUP_DIR)
backup() {
    docker compose run --rm --no-deps tools /tools/backup /backups
}

#  restore FILE   replace the database by a dump of docker/backups, all or nothing
restore() {
    file=$(basename "$1")
    docker compose stop web worker-urgent worker-general beat
    docker compose run --rm --no-deps tools /tools/restore "/backups/$file"
    docker compose up --detach --wait
}

case "${1:-}" in
    secrets) make_secrets ;;
    up | upgrade | backup) "$1" ;;
    restore) restore "${2:?name the dump}" ;;
    *) sed -n 's/^#  //p' "$0" >&2; exit 2 ;;
esac
