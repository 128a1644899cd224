package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listed is the part of `go list -json` that the rules are about.
type listed struct {
	ImportPath string
	Doc        string
	Standard   bool
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
	Deps       []string
}

// TestImports_KeepToTheTable checks each package of ours, as it is built for each system we support, against its row.
func TestImports_KeepToTheTable(t *testing.T) {
	for _, goos := range []string{"linux", "windows", "darwin"} {
		t.Run(goos, func(t *testing.T) {
			t.Parallel()
			for _, finding := range violations(rows, listPackages(t, goos)) {
				t.Error(finding)
			}
		})
	}
}

// TestViolations_AreFound proves on a made-up tree that each kind of rule can fail.
func TestViolations_AreFound(t *testing.T) {
	table := []row{
		{pkg: "pure", stdOnly: true, libs: []string{"example.com/known"}, neverStd: []string{"os", "net/..."}},
		{pkg: "mid", may: []string{"pure"}, never: []string{"secret", "fyne.io/fyne/..."}},
		{pkg: "leaf/...", may: []string{"secret"}},
		{pkg: "secret"},
		{pkg: "sync/memory"},
	}
	std := func(paths ...string) (out []listed) {
		for _, p := range paths {
			out = append(out, listed{ImportPath: p, Standard: true})
		}
		return out
	}
	pkg := func(path string, imports, deps []string) listed {
		return listed{ImportPath: module + "/" + path, GoFiles: []string{"x.go"}, Doc: "Package x does.", Imports: imports, Deps: deps}
	}
	for _, c := range []struct {
		name string
		tree []listed
		want []string
	}{
		{"what is allowed passes", []listed{
			pkg("pure", []string{"strings", "example.com/known"}, nil),
			pkg("mid", []string{"lockstep/pure", "example.com/x"}, nil),
			pkg("leaf/a", []string{"lockstep/leaf/b", "lockstep/secret"}, nil),
			pkg("leaf/b", nil, nil),
		}, nil},
		{"a standard package that is not allowed", []listed{pkg("pure", []string{"os"}, nil)}, []string{"pure must not import os"}},
		{"a standard subtree that is not allowed", []listed{pkg("pure", []string{"net/http"}, nil)}, []string{"pure must not import net/http"}},
		{"a library where none is allowed", []listed{pkg("pure", []string{"example.com/x"}, nil)}, []string{"pure must not import example.com/x: standard library only"}},
		{"a package of ours that is not listed", []listed{pkg("mid", []string{"lockstep/leaf/b"}, nil)}, []string{"mid may not import leaf/b"}},
		{"a package reached indirectly", []listed{pkg("mid", nil, []string{"lockstep/secret"})}, []string{"mid must never reach secret"}},
		{"a library reached indirectly", []listed{pkg("mid", nil, []string{"fyne.io/fyne/v2/widget"})}, []string{"mid must never reach fyne.io/fyne/v2/widget"}},
		{"a package that few may import", []listed{pkg("leaf/a", []string{"lockstep/sync/memory"}, nil)}, []string{"leaf/a may not import sync/memory", "leaf/a may not import sync/memory: it is kept for []"}},
		{"a package without a row", []listed{pkg("stray", nil, nil)}, []string{"stray has no row in the table of imports: add one"}},
		{"a package without a comment", []listed{{ImportPath: "lockstep/secret", GoFiles: []string{"x.go"}}}, []string{"secret has no package comment"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := violations(table, append(std("os", "net/http", "strings"), c.tree...))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRowFor_TakesTheMostSpecific matters where a simulator lives below its adapter.
func TestRowFor_TakesTheMostSpecific(t *testing.T) {
	for path, want := range map[string]string{
		"sync/exchange":                 "sync/exchange",
		"sync/exchange/ews":             "sync/exchange/ews/...",
		"sync/exchange/ewssim/internal": "sync/exchange/ewssim/...",
		"cmd/internal/wire":             "cmd/internal/wire",
		"cmd/internal/release":          "cmd/internal/...",
		"sync/exchange/unknown":         "",
	} {
		if got, _ := rowFor(rows, path); got.pkg != want {
			t.Errorf("rowFor(%q) = %q, want %q", path, got.pkg, want)
		}
	}
}

// violations holds the listed packages against the table and tells every breach, sorted.
func violations(table []row, all []listed) []string {
	std := map[string]bool{}
	for _, p := range all {
		std[p.ImportPath] = p.Standard
	}
	found := map[string]bool{}
	for _, p := range all {
		path, isOurs := ours(p.ImportPath)
		if !isOurs || len(p.GoFiles)+len(p.CgoFiles) == 0 {
			continue
		}
		if p.Doc == "" {
			found[path+" has no package comment"] = true
		}
		r, ok := rowFor(table, path)
		if !ok {
			found[path+" has no row in the table of imports: add one"] = true
			continue
		}
		for _, imported := range p.Imports {
			for _, breach := range direct(r, path, imported, std[imported]) {
				found[breach] = true
			}
		}
		for _, dep := range p.Deps {
			name, _ := strings.CutPrefix(dep, module+"/")
			if matchesAny(r.never, name) {
				found[path+" must never reach "+name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// direct judges one import statement of one package of ours.
func direct(r row, path, imported string, isStd bool) (breaches []string) {
	name, isOurs := ours(imported)
	if isOurs && !r.anyOfOurs && !matchesAny(r.may, name) && (!strings.HasSuffix(r.pkg, "/...") || !matches(r.pkg, name)) {
		breaches = append(breaches, path+" may not import "+name)
	}
	if !isOurs && !isStd && imported != "C" && r.stdOnly && !matchesAny(r.libs, imported) {
		breaches = append(breaches, path+" must not import "+imported+": standard library only")
	}
	if isStd && matchesAny(r.neverStd, imported) {
		breaches = append(breaches, path+" must not import "+imported)
	}
	for _, k := range keep {
		if matches(k.pkg, name) && !matchesAny(k.by, path) && !matches(k.pkg, path) {
			breaches = append(breaches, fmt.Sprintf("%s may not import %s: it is kept for %v", path, name, k.by))
		}
	}
	return breaches
}

// TestBuild_NeedsNoC builds everything but the program with windows without a C compiler.
func TestBuild_NeedsNoC(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every program")
	}
	var paths []string
	for _, p := range listPackages(t, "linux") {
		path, isOurs := ours(p.ImportPath)
		if isOurs && path != "cmd/lockstep-window" {
			paths = append(paths, p.ImportPath)
		}
	}
	goTool(t, "linux", append([]string{"build", "-o", os.DevNull}, paths...)...)
}

// TestTree_HoldsOnlyWhatIsPlanned keeps the top of the checkout to the entries that are meant to be there, and sync
// a directory without code, so that no package is called sync.
func TestTree_HoldsOnlyWhatIsPlanned(t *testing.T) {
	allowed := []string{
		"cmd", "ui", "sync", "store", "resources",
		"FyneApp.toml", "go.mod", "go.sum", "README.md", "Makefile", "LICENSE", "CHANGELOG.md",
		"bin", "dist", // what make builds; git ignores them
	}
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		ignored := strings.HasSuffix(e.Name(), ".prof") || strings.HasSuffix(e.Name(), ".test")
		if !strings.HasPrefix(e.Name(), ".") && !ignored && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s is at the top of the tree; allowed there: %v and dotfiles", e.Name(), allowed)
		}
	}
	code, err := filepath.Glob(filepath.Join(root(t), "sync", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(code) > 0 {
		t.Errorf("sync is a directory only, but holds %v", code)
	}
}

// listPackages tells all packages of ours and everything they need, as they are built for goos without cgo.
func listPackages(t *testing.T, goos string) []listed {
	t.Helper()
	out := goTool(t, goos, "list", "-e", "-deps", "-json=ImportPath,Doc,Standard,GoFiles,CgoFiles,Imports,Deps", "./...")
	var all []listed
	dec := json.NewDecoder(strings.NewReader(out))
	for {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		all = append(all, p)
	}
	if !slices.ContainsFunc(all, func(p listed) bool { return p.ImportPath == module+"/cmd/internal/wire" }) {
		t.Fatalf("go list tells %d packages and this one is not among them", len(all))
	}
	return all
}

// goTool runs the go command at the top of the tree and gives what it printed.
func goTool(t *testing.T, goos string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, stderr.String())
	}
	return string(out)
}

// root is the top of the checkout.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatalf("find the top of the tree: %v", err)
	}
	return dir
}
