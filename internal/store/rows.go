package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lib/pq"
)

// The types of columns of values, as PostgreSQL calls them.
const (
	number  = "bigint"
	text    = "text"
	boolean = "boolean"
)

// column names a column of values and gives its type.
type column struct{ name, kind string }

// rows are rows of values that a statement joins with a table. They travel in one parameter, or in one per column, however
// many they are: both databases handle a statement with thousands of parameters badly.
type rows struct {
	columns []column
	values  [][]any
}

// with returns "WITH v AS (SELECT ... AS a, ... AS b FROM ...) ", which gives the rows as v.
func (t *tx) with(p *params, r rows) (string, error) {
	plain, err := plainRows(r.values)
	if err != nil {
		return "", err
	}
	if t.name == DialectPostgres {
		return withArrays(p, r.columns, plain)
	}
	return withJSON(p, r.columns, plain)
}

// plainRows turns values of named types into int64, string and bool.
func plainRows(values [][]any) ([][]any, error) {
	out := make([][]any, len(values))
	for i, row := range values {
		out[i] = make([]any, len(row))
		for j, v := range row {
			plain, err := driver.DefaultParameterConverter.ConvertValue(v)
			if err != nil {
				return nil, fmt.Errorf("a value of type %T: %w", v, err)
			}
			out[i][j] = plain
		}
	}
	return out, nil
}

// withArrays gives PostgreSQL one array per column.
func withArrays(p *params, columns []column, values [][]any) (string, error) {
	names, arrays := make([]string, 0, len(columns)), make([]string, 0, len(columns))
	for i, c := range columns {
		array, err := columnArray(c.kind, i, values)
		if err != nil {
			return "", fmt.Errorf("column %s: %w", c.name, err)
		}
		names = append(names, c.name)
		arrays = append(arrays, "CAST("+p.add(array)+" AS "+c.kind+"[])")
	}
	return "WITH v AS (SELECT * FROM unnest(" + strings.Join(arrays, ", ") + ") AS u(" + strings.Join(names, ", ") + ")) ", nil
}

// columnArray is column i of the values as an array.
func columnArray(kind string, i int, values [][]any) (any, error) {
	switch kind {
	case number:
		out, err := columnOf[int64](i, values)
		return pq.Int64Array(out), err
	case boolean:
		out, err := columnOf[bool](i, values)
		return pq.BoolArray(out), err
	default:
		out, err := columnOf[string](i, values)
		return textArray(out), err
	}
}

func columnOf[T any](i int, values [][]any) ([]T, error) {
	out := make([]T, 0, len(values))
	for _, row := range values {
		v, ok := row[i].(T)
		if !ok {
			return nil, fmt.Errorf("a value of type %T: %w", row[i], errColumnType)
		}
		out = append(out, v)
	}
	return out, nil
}

// withJSON gives SQLite one JSON array of arrays.
func withJSON(p *params, columns []column, values [][]any) (string, error) {
	encoded, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("encode rows: %w", err)
	}
	fields := make([]string, 0, len(columns))
	for i, c := range columns {
		fields = append(fields, "value ->> "+strconv.Itoa(i)+" AS "+c.name)
	}
	return "WITH v AS (SELECT " + strings.Join(fields, ", ") + " FROM json_each(" + p.add(string(encoded)) + ")) ", nil
}

// oneOf is the condition that a column of text is one of the values, however many they are.
func oneOf[T ~string](t *tx, p *params, column string, values []T) (string, error) {
	if t.name == DialectPostgres {
		list := make(textArray, 0, len(values))
		for _, v := range values {
			list = append(list, string(v))
		}
		return column + " = ANY(CAST(" + p.add(list) + " AS text[]))", nil
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("encode a list: %w", err)
	}
	return column + " IN (SELECT value FROM json_each(" + p.add(string(encoded)) + "))", nil
}

var errColumnType = errors.New("not of the column's type")

// chunkParams bounds the parameters of one INSERT.
const chunkParams = 4000

// insert inserts rows. head is "INSERT INTO t (a, b)", tail an ON CONFLICT clause or empty. PostgreSQL gets many rows in
// one statement, since each costs a round trip; SQLite, which has none, gets them one by one with a prepared statement.
func (t *tx) insert(ctx context.Context, head string, rows [][]any, tail string) error {
	if len(rows) == 0 {
		return nil
	}
	if t.name != DialectPostgres {
		return t.insertEach(ctx, head, rows, tail)
	}
	for chunk := range slices.Chunk(rows, max(1, chunkParams/len(rows[0]))) {
		var p params
		var b strings.Builder
		b.WriteString(head)
		b.WriteString(" VALUES ")
		for i, row := range chunk {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.list(row...))
		}
		b.WriteByte(' ')
		b.WriteString(tail)
		if _, err := t.exec(ctx, b.String(), p.values...); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertEach(ctx context.Context, head string, rows [][]any, tail string) error {
	var p params
	statement, err := t.PrepareContext(ctx, head+" VALUES "+p.list(rows[0]...)+" "+tail)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by inTx with what was done
	}
	defer statement.Close() //nolint:errcheck // the transaction's end frees it anyway
	for _, row := range rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	return nil
}
