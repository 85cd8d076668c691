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
    # No mail leaves: each is a file in the worker, until somebody names a mail server.
    [ -s secrets/email_url ] || printf 'filemail:////run/demanda/mail' > secrets/email_url
    [ -s secrets/tls_certificate ] || make_certificate
    # It names nobody, until somebody writes addresses in.
    [ -s secrets/alertmanager.yml ] || cp prometheus/alertmanager.yml secrets/alertmanager.yml
    # Blank until there is a replica, a key for backups, a Kafka that asks for them.
    for name in database_replica_urls backup_key kafka_sasl_password kafka_key_password kafka_ca kafka_certificate kafka_key; do
        [ -e "secrets/$name" ] || : > "secrets/$name"
    done
    chmod 444 secrets/*
}

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj /CN=demanda \
        -keyout secrets/tls_key -out secrets/tls_certificate 2> /dev/null
    echo "The certificate in docker/secrets is self-signed, which browsers refuse: docs/operations.md, Certificates." >&2
}

#  up             build, migrate, start everything and wait until it is well
up() {
    make_secrets
    # Of what is checked out, older or newer than the image that is there; where nothing differs it takes no time.
    docker compose build migrate postgres
    start
}

#  upgrade        back up, build, migrate, and start what has changed; no request is lost
upgrade() {
    make_secrets
    docker compose build migrate postgres
    backup
    start
}

#  restart        start web servers, workers and beat anew; no request is lost
restart() {
    roll --force-recreate
    docker compose up --detach --no-deps --wait --force-recreate worker-urgent worker-general beat
}

start() {
    # Before the new programs start: the old ones run on with a schema that has more than they know.
    docker compose run --rm migrate
    # The first time there is nobody to be kept.
    [ -z "$(docker compose ps --quiet --status running front)" ] || roll
    # A service that is no more, or has another name, goes.
    docker compose up --detach --wait --remove-orphans
}

# Replaces one web server after the other, while the other serves. When one does not get well, it ends there.
roll() {
    servers=$(at_front servers)
    for server in $servers; do
        at_front without "$server"
        # What it has begun may take long. One that does not run has begun nothing.
        docker compose exec -T "$server" python -m config.probe idle || true
        docker compose up --detach --no-deps --wait "$@" "$server"
        at_front with
    done
}

at_front() {
    docker compose exec -T front /demanda/bin/front "$@"
}

#  backup         write a dump into docker/backups (BACKUP_DIR)
backup() {
    docker compose run --rm --no-deps tools /tools/backup /backups
}

#  restore FILE   replace the database by a dump of docker/backups, all or nothing
restore() {
    file=$(basename "$1")
    docker compose stop web-a web-b worker-urgent worker-general beat
    docker compose run --rm --no-deps tools /tools/restore "/backups/$file"
    docker compose up --detach --wait
}

#  base           copy the whole server into the volume archive, from where `rewind` starts
base() {
    docker compose run --rm --no-deps archive /tools/base
}

#  rewind MOMENT  make the database as it was at a moment, "2026-11-29 10:00:00+00"; needs WAL_ARCHIVE=on and a base
rewind() {
    docker compose stop web-a web-b worker-urgent worker-general beat
    # Its log is archived to the end when it stops. What it holds is put beside, to be removed by hand.
    docker compose stop postgres
    docker compose run --rm --no-deps archive /tools/rewind "$1" /var/lib/postgresql/18/docker
    docker compose up --detach --wait postgres
    docker compose exec -T postgres sh -c \
        'until [ "$(psql -U demanda -Atc "SELECT pg_is_in_recovery()")" = f ]; do sleep 1; done'
    start
}

#  drill [FILE]   restore the newest base with its log, or a dump, into a server beside the others, and read it all
drill() {
    folder=${BACKUP_DIR:-backups}
    docker compose run --rm --no-deps -T archive /tools/drill ${1:+"/backups/$(basename "$1")"} > "$folder/.drill.prom"
    chmod 644 "$folder/.drill.prom"
    mv "$folder/.drill.prom" "$folder/drill.prom"
}

case "${1:-}" in
    secrets) make_secrets ;;
    up | upgrade | restart | backup | base) "$1" ;;
    drill) drill "${2:-}" ;;
    rewind) rewind "${2:?name the moment}" ;;
    restore) restore "${2:?name the dump}" ;;
    *) sed -n 's/^#  //p' "$0" >&2; exit 2 ;;
esac
