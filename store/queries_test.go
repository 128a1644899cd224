package store

import (
	"database/sql"
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
	// A check reads everything.
	"SELECT person, side, id, sealed FROM mirror", "SELECT id, person, sealed FROM links", "SELECT id, person, sealed FROM journal",
	"SELECT entry, person, sealed FROM history", "UPDATE history SET sealed = x'' WHERE entry = ?", "SELECT id, person FROM links AS l",
	// Statistics count everything, when somebody asks for help.
	"SELECT person, state, 0, count(*) FROM links", "SELECT person, side, presence, count(*) FROM mirror",
	"SELECT person, side, 0, count(*) FROM mirror", "SELECT person, phase, 0, count(*) FROM journal", "SELECT person, 0, 0, count(*) FROM answers",
}

// Work for one person or one page must not grow with the office: no statement
// reads a whole table but those that list it.
func TestStatements_UseIndexes(t *testing.T) {
	s := opened(t, dbPath(t))
	scan := regexp.MustCompile(`(?m)^SCAN (\w+)`)
	seen := 0
	for _, q := range statements(t) {
		args := make([]any, strings.Count(q, "?"))
		var plan []string
		err := each(t.Context(), s.read, func(r *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := r.Scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		}, "EXPLAIN QUERY PLAN "+q, args...)
		if err != nil {
			t.Errorf("%.70s: %v", q, err)
			continue
		}
		seen++
		if m := scan.FindStringSubmatch(strings.Join(plan, "\n")); m != nil && m[1] != "CONSTANT" && !listed(q) {
			t.Errorf("%.100s\n\treads a whole table: %q", q, plan)
		}
		for begin, want := range hot() {
			if strings.HasPrefix(q, begin) && !strings.Contains(strings.Join(plan, " "), want) {
				t.Errorf("%.70s goes by %q, want %q", q, plan, want)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d statements were found in the source", seen)
	}
}

// hot are the statements that run once per entry or per plan, and the index
// that makes each of them cheap.
func hot() map[string]string {
	return map[string]string{
		"SELECT EXISTS (SELECT 1 FROM links WHERE person = ? AND business = ?)": "links_ends (person=? AND business=?)",
		"SELECT EXISTS (SELECT 1 FROM links WHERE person = ? AND exchange = ?)": "links_exchange (person=? AND exchange=?)",
		"SELECT uid, business, min(id) FROM links":                              "COVERING INDEX links_shared",
		"DELETE FROM mirror WHERE person = ? AND side = ? AND id = ?":           "(person=? AND side=? AND id=?)",
		"DELETE FROM claims WHERE link":                                         "claims_link (link=?)",
		"DELETE FROM claims WHERE entry":                                        "claims_entry (entry=?)",
		"UPDATE claims SET":                                                     "claims_entry (entry=?)",
		"SELECT person FROM claims":                                             "(claim=?)",
		"SELECT link, field, was":                                               "trail_person (person=? AND at>?)",
		"DELETE FROM trail WHERE person":                                        "trail_person (person=? AND at<?)",
		"DELETE FROM trail WHERE link":                                          "trail_link (link=?)",
		"SELECT at FROM history":                                                "history_deletions (person=? AND removes=? AND at>?)",
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
