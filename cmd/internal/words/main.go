// Command words compares what the programs say with what is translated. It
// prints, for the language that is named, the texts that are still missing, as
// the JSON that belongs into its file in resources/translations. Its test
// fails while a language has a text that nobody says or that lacks a place, or
// has less of the texts than it had.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "words:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("name a language: words nl")
	}
	said, err := gather(".")
	if err != nil {
		return err
	}
	have, err := load(filepath.Join("resources", "translations", args[0]+".json"))
	if err != nil {
		return err
	}
	missing := map[string]any{}
	for key, t := range said.texts {
		if _, ok := have[key]; ok {
			continue
		}
		missing[key] = key
		if t.one != "" {
			missing[key] = map[string]string{"one": t.one, "other": key}
		}
	}
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(missing)
}

// text is something that is said; one is set where it is about a number.
type text struct {
	one   string
	where string
}

// gathered is what the sources say.
type gathered struct {
	texts map[string]text
	// bare are texts for a person that bypass package say, and keys that are no
	// plain string, each with its place.
	bare []string
}

// windows are the folders whose every text is for a person's eyes in the
// language that he chose.
func windows() []string { return []string{"ui", "ui/part", "ui/model", "ui/tray", "cmd/lockstep"} }

// commandLine are the sources among them whose texts the command line prints:
// it speaks English, as its flags, its manual and who asks for help about it do.
func commandLine() []string {
	return []string{
		"ui/model/check.go", "ui/model/csv.go", "ui/model/decide.go", "ui/model/doctor.go", "ui/model/doctorchecks.go", "ui/model/doctorcures.go",
		"ui/model/find.go", "ui/model/handover.go", "ui/model/handoverparts.go", "ui/model/history.go", "ui/model/lease.go", "ui/model/remedy.go", "ui/model/rows.go", "ui/model/told.go",
		"ui/model/status.go", "ui/model/trouble.go", "ui/model/undo.go", "cmd/lockstep/main.go",
		"ui/tray/notify_darwin.go", // a script for the system
	}
}

// gather reads every source of the programs under root.
func gather(root string) (gathered, error) {
	out := gathered{texts: map[string]text{}}
	set := token.NewFileSet()
	for _, dir := range []string{"ui", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return fmt.Errorf("read source: %w", err)
			}
			rel, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return fmt.Errorf("read source: %w", err)
			}
			if filepath.ToSlash(rel) != "ui/say" {
				out.file(set, file, filepath.ToSlash(rel))
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// file takes one source in.
func (g *gathered) file(set *token.FileSet, file *ast.File, dir string) {
	if name := path.Join(dir, filepath.Base(set.Position(file.Pos()).Filename)); slices.Contains(commandLine(), name) {
		dir = ""
	}
	spoken := map[ast.Node]bool{} // literals that are said, or are not for people
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			g.call(set, n, spoken)
		case *ast.ImportSpec:
			spoken[n.Path] = true
		case *ast.CaseClause:
			for _, e := range n.List {
				spoken[e] = true // compared, and not shown
			}
		case *ast.KeyValueExpr:
			spoken[n.Key] = true
		case *ast.Field:
			if n.Tag != nil {
				spoken[n.Tag] = true
			}
		case *ast.BasicLit:
			for _, w := range windows() {
				if dir == w && n.Kind == token.STRING && !spoken[n] && wordy(literal(n)) && !isPlace(literal(n)) {
					g.bare = append(g.bare, fmt.Sprintf("%s: %s is not said through say", set.Position(n.Pos()), n.Value))
				}
			}
		}
		return true
	})
}

// isPlace tells whether a word names a place in a text, to be filled with a value.
func isPlace(word string) bool {
	return slices.Contains([]string{"Side", "Other", "There", "Limit", "Time", "Detail", "Hold", "Names"}, word)
}

// call looks whether a call says something.
func (g *gathered) call(set *token.FileSet, call *ast.CallExpr, spoken map[ast.Node]bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	pkg, ok := f.X.(*ast.Ident)
	if !ok {
		return
	}
	if pkg.Name == "errors" || pkg.Name == "fmt" && f.Sel.Name == "Errorf" || pkg.Name == "slog" || logs(f) {
		for _, a := range call.Args {
			spoken[a] = true // for a log, or for who reads a stack of errors
		}
		return
	}
	if pkg.Name != "say" || f.Sel.Name != "T" && f.Sel.Name != "N" && f.Sel.Name != "Key" {
		return
	}
	take := 1
	if f.Sel.Name == "N" {
		take = 2
	}
	var parts []string
	for i, a := range call.Args {
		if lit, ok := a.(*ast.BasicLit); ok {
			spoken[lit] = true
			if i < take {
				parts = append(parts, literal(lit))
			}
		} else if sum, ok := a.(*ast.BinaryExpr); ok && i < take {
			parts = append(parts, joined(sum, spoken))
		}
	}
	if len(parts) != take || parts[take-1] == "" {
		g.bare = append(g.bare, fmt.Sprintf("%s: what is said must be a plain string, so that it can be translated", set.Position(call.Pos())))
		return
	}
	t := text{where: set.Position(call.Pos()).String()}
	if take == 2 {
		t.one = parts[0]
	}
	g.texts[parts[take-1]] = t
}

// logs tells whether a call writes a line into a log.
func logs(f *ast.SelectorExpr) bool {
	switch f.Sel.Name {
	case "Debug", "Info", "Warn", "Error", "DebugContext", "InfoContext", "WarnContext", "ErrorContext", "LogError":
		return true
	}
	return false
}

// joined is a string that is written in several pieces; empty if it is none.
func joined(sum *ast.BinaryExpr, spoken map[ast.Node]bool) string {
	var out string
	for _, side := range []ast.Expr{sum.X, sum.Y} {
		switch s := side.(type) {
		case *ast.BasicLit:
			spoken[s] = true
			out += literal(s)
		case *ast.BinaryExpr:
			out += joined(s, spoken)
		default:
			return ""
		}
	}
	return out
}

func literal(l *ast.BasicLit) string {
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		return ""
	}
	return s
}

// wordy tells whether a string reads like words for a person.
func wordy(s string) bool {
	switch s {
	case "Lockstep", "Severa", "Outlook", "Exchange", "Exchange Server", "Visma Severa", "Outlook Google Calendar Sync":
		return false // names, which are the same in every language
	}
	if strings.Contains(s, "://") || strings.HasPrefix(s, "Exchange Server ") || strings.HasPrefix(s, "<") {
		return false
	}
	words := strings.Fields(s)
	letters := func(w string) bool { return len(w) > 1 && strings.ToLower(w) != strings.ToUpper(w) }
	if len(words) > 1 && letters(words[0]) && letters(words[1]) {
		return true
	}
	return len(words) == 1 && len(s) > 2 && s[0] >= 'A' && s[0] <= 'Z' && strings.ToUpper(s) != s && s[1:] == strings.ToLower(s[1:]) && !strings.ContainsAny(s, "_./{}%-")
}

// load reads the texts of one language.
func load(path string) (map[string]any, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read translations: %w", err)
	}
	var out map[string]any
	if err := json.Unmarshal(content, &out); err != nil {
		return nil, fmt.Errorf("read translations in %s: %w", path, err)
	}
	return out, nil
}
