#!/bin/sh
# supervise.sh BIN DIR LOCK SECONDS
# Makes a PostgreSQL cluster in DIR with the programs of BIN and runs it until
# nobody has held LOCK for SECONDS. Test processes hold LOCK shared while they live.
bin=$1 dir=$2 lock=$3 seconds=$4
trap '' HUP INT
cd "$dir" || exit

# Text sorts as people sort it unless a column says otherwise, so that a column
# which forgot COLLATE "C" shows. Old or lean builds know no ICU.
init() { "$bin/initdb" -D data -U postgres -A trust -E UTF8 --no-sync --no-locale "$@"; }
init --locale-provider=icu --icu-locale=en-US || init || exit

"$bin/postgres" -D data -k "$dir" -c listen_addresses= \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off \
	-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB \
	-c max_connections=300 -c shared_buffers=64MB -c autovacuum=off \
	-c timezone=UTC -c log_checkpoints=off &
server=$!

exec 9<"$lock"
idle=0
while [ "$idle" -lt "$seconds" ]; do
	sleep 1
	kill -0 "$server" || exit
	if ! flock -n -x 9; then
		idle=0
		continue
	fi
	idle=$((idle + 1))
	[ "$idle" -ge "$seconds" ] || flock -u 9
done

# The lock stays held until the end: whoever comes now waits, and starts anew.
kill -QUIT "$server"
wait "$server"
rm -rf "${dir:?}"/*
