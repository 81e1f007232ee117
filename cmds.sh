# every command: N [bin]
n=$1; bin=${2:-/work/wt/many/dist/service/cli/bin.cjs}; d=/tmp/w/many/d-$n
run() { /usr/bin/time -f "$n | $* | %e s %U+%S cpu %M KB" timeout 590 node $bin --data $d "$@" > out-$n.txt 2> err-$n.txt; tail -1 err-$n.txt; }
cd /tmp/w/many
run summary
run summary --tenant t00003
run query --tenant t00003
run query --limit 5
run chain chain-t00003
run artifacts
run analytics outcomes --bucket day
run tenants list
run verify
run verify --tenant t00003
run doctor
run dead-letters list
run dead-letters held
run export /tmp/w/many/ex-$n.avro
run tail --from beginning --limit 30
run tail --from beginning --limit $((3*n))
run tail --from beginning --limit $((3*n)) --format items
run tenants delete t00004
