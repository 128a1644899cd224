package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// whole are the statements that are meant to read a whole table, by how they
// begin: lists of everything, and what runs once a night.
var whole = []string{
	"SELECT body FROM people", "SELECT body FROM pulses", "DELETE FROM previews", "SELECT id, person, started",
	"DELETE FROM runs", "SELECT count(*) FROM sqlite_schema",
	"SELECT making, '', 0 FROM journal", // its partial index holds open creates alone
	"SELECT uid, business, min(id) FROM links",
}

// Work for one person or one page must not grow with the office: no statement
// reads a whole table but those that list it.
func TestStatements_UseIndexes(t *testing.T) {
	s := opened(t, dbPath(t))
	scan := regexp.MustCompile(`(?m)^SCAN (\w+)`)
	seen := 0
	for _, q := range statements(t) {
		args := make([]any, strings.Count(q, "?"))
		rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q, args...)
		if err != nil {
			t.Errorf("%.70s: %v", q, err)
			continue
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			ok(t, rows.Scan(&id, &parent, &unused, &detail))
			plan = append(plan, detail)
		}
		ok(t, rows.Err())
		ok(t, rows.Close())
		seen++
		if m := scan.FindStringSubmatch(strings.Join(plan, "\n")); m != nil && m[1] != "CONSTANT" && !listed(q) {
			t.Errorf("%.100s\n\treads a whole table: %q", q, plan)
		}
		if strings.HasPrefix(q, "SELECT uid, business, min(id) FROM links") && !strings.Contains(strings.Join(plan, " "), "COVERING INDEX links_shared") {
			t.Errorf("%.60s reads the rows of links, want their index alone: %q", q, plan)
		}
	}
	if seen < 40 {
		t.Errorf("only %d statements were found in the source", seen)
	}
}

func listed(q string) bool {
	for _, begin := range whole {
		if strings.HasPrefix(q, begin) {
			return true
		}
	}
	return false
}

// statements are the string literals of this package's source that are SQL.
func statements(t *testing.T) []string {
	t.Helper()
	var out []string
	names, err := os.ReadDir(".")
	ok(t, err)
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".go") || strings.HasSuffix(n.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), n.Name(), nil, 0)
		ok(t, err)
		ast.Inspect(file, func(at ast.Node) bool {
			lit, isLit := at.(*ast.BasicLit)
			if !isLit || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			ok(t, err)
			switch verb, _, _ := strings.Cut(text, " "); verb {
			case "SELECT", "INSERT", "UPDATE", "DELETE":
				out = append(out, text)
			}
			return true
		})
	}
	return out
}
