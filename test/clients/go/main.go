// What clickhouse-go over HTTP, as Grafana's plugin uses it, asks of the door. Usage: go-check PORT KEY DATABASE
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

var checks = 0

func check(name string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		fmt.Printf("%s: got %v, wanted %v\n", name, got, wanted)
		os.Exit(1)
	}
	checks++
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}

func main() {
	port, key, database := os.Args[1], os.Args[2], os.Args[3]
	for _, method := range []clickhouse.CompressionMethod{
		clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionGZIP, clickhouse.CompressionBrotli,
	} {
		options := &clickhouse.Options{
			Protocol:    clickhouse.HTTP,
			Addr:        []string{"127.0.0.1:" + port},
			Auth:        clickhouse.Auth{Database: database, Username: "me", Password: key},
			Compression: &clickhouse.Compression{Method: method},
			Settings:    clickhouse.Settings{"max_execution_time": 65},
		}
		questions(options, database)
	}
	fmt.Printf("%d checks\n", checks)
}

func questions(options *clickhouse.Options, database string) {
	connection := must(clickhouse.Open(options))
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	must(0, connection.Ping(ctx))
	version := must(connection.ServerVersion())
	check("version", version.Version.Major, uint64(26))

	var names []struct {
		Name    string `ch:"name"`
		Comment string `ch:"comment"`
	}
	must(0, connection.Select(ctx, &names, "SELECT name, comment FROM system.tables WHERE database = ? ORDER BY name", database))
	check("views", names[0].Name, "artifact_rollbacks")
	check("comment", names[0].Comment != "", true)

	rows := must(connection.Query(ctx, "DESC TABLE \""+database+"\".\"outcomes\""))
	columns := 0
	for rows.Next() {
		var name, kind, defaultType, defaultExpression, comment, codec, ttl string
		must(0, rows.Scan(&name, &kind, &defaultType, &defaultExpression, &comment, &codec, &ttl))
		check("comment of "+name, comment != "", true)
		columns++
	}
	check("columns", columns > 10, true)

	var outcomes []struct {
		ID      string    `ch:"event_id"`
		Backend *string   `ch:"backend"`
		Passed  *bool     `ch:"passed"`
		Instant time.Time `ch:"instant"`
		Parts   []string  `ch:"parts"`
	}
	must(0, connection.Select(ctx, &outcomes,
		"SELECT event_id, backend, passed, instant, splitByChar('-', 'a-b') AS parts FROM outcomes ORDER BY event_id"))
	check("rows", len(outcomes), 2)
	check("text", *outcomes[1].Backend, "y, \"z\"\nw")
	check("list", outcomes[0].Parts, []string{"a", "b"})

	var count uint64
	must(0, connection.QueryRow(ctx, "SELECT count() FROM events WHERE backend = {b:String}",
		clickhouse.Named("b", "x")).Scan(&count))
	check("count", count, uint64(1))
	must(0, connection.QueryRow(ctx, "SELECT sum(number) FROM numbers(100000)").Scan(&count))
	check("sum", count, uint64(4999950000))
	check("many", len(many(ctx, connection)), 100000)

	var exception *clickhouse.Exception
	err := connection.QueryRow(ctx, "SELECT nothing FROM outcomes").Err()
	check("an exception", errors.As(err, &exception), true)
	check("code", exception.Code, int32(47))
}

func many(ctx context.Context, connection clickhouse.Conn) []uint64 {
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_block_size": 1000}))
	rows := must(connection.Query(ctx, "SELECT number, map('a', [number]) FROM numbers(60000) UNION ALL SELECT number, map('b', []) FROM numbers(40000)"))
	var all []uint64
	for rows.Next() {
		var number uint64
		var pairs map[string][]uint64
		must(0, rows.Scan(&number, &pairs))
		all = append(all, number)
	}
	must(0, rows.Err())
	return all
}
