package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// vulnVersion is the govulncheck that is used.
const vulnVersion = "v1.9.0"

// vulnSource is the module that the database of known vulnerabilities is kept in.
const vulnSource = "golang.org/x/vulndb"

// asHandedOut judges what people get: built at least with the compiler that
// go.mod names, whatever this machine has, because its library comes along.
var asHandedOut = append(slices.Clone(withoutC), "GOTOOLCHAIN=auto")

// vuln looks for known vulnerabilities: by the database at vuln.go.dev, or,
// where that cannot be reached, by its source, which every module proxy has.
func vuln(ctx context.Context, r *runner) error {
	args := []string{"run", "golang.org/x/vuln/cmd/govulncheck@" + vulnVersion}
	ask, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := r.do(ask, nil, "curl", "--silent", "--show-error", "--fail", "--output", os.DevNull, "https://vuln.go.dev/index/db.json"); err != nil {
		dir, err := r.ownVulnDB(ctx)
		if err != nil {
			return fmt.Errorf("%w: neither vuln.go.dev nor %s can be reached from here: %w", errLeftOut, vulnSource, err)
		}
		args = append(args, "-db", "file://"+filepath.ToSlash(dir))
	}
	return r.do(ctx, asHandedOut, "go", append(args, "./...")...)
}

// ownVulnDB makes a database of the newest source in the module proxy.
func (r *runner) ownVulnDB(ctx context.Context) (string, error) {
	text, err := r.ask(ctx, nil, "go", "mod", "download", "-json", vulnSource+"@latest")
	if err != nil {
		return "", err
	}
	var got struct{ Version, Dir string }
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return "", fmt.Errorf("read what go mod download says: %w", err)
	}
	dir := filepath.Join(r.cache, "vulndb")
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("remove the old database: %w", err)
	}
	n, err := writeVulnDB(filepath.Join(got.Dir, "data", "osv"), dir)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(r.out, "%d known vulnerabilities of %s@%s\n", n, vulnSource, got.Version)
	return dir, nil
}

// vulnReport is what a database's indexes tell of a report.
type vulnReport struct {
	ID       string     `json:"id"`
	Modified time.Time  `json:"modified"`
	Affected []affected `json:"affected"`
}

type affected struct {
	Package struct {
		Name string `json:"name"`
	} `json:"package"`
	Ranges []struct {
		Events []struct {
			Fixed string `json:"fixed"`
		} `json:"events"`
	} `json:"ranges"`
}

// fixed is the last version that mends it; empty where none does.
func (a affected) fixed() (version string) {
	for _, x := range a.Ranges {
		for _, e := range x.Events {
			if e.Fixed != "" {
				version = e.Fixed
			}
		}
	}
	return version
}

type vulnOf struct {
	ID       string    `json:"id"`
	Modified time.Time `json:"modified"`
	Fixed    string    `json:"fixed,omitempty"`
}

type vulnModule struct {
	Path  string   `json:"path"`
	Vulns []vulnOf `json:"vulns"`
}

// writeVulnDB lays reports out as govulncheck reads them; see
// https://go.dev/doc/security/vuln/database. It returns how many there are.
func writeVulnDB(reports, dir string) (int, error) {
	names, err := filepath.Glob(filepath.Join(reports, "*.json"))
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("%s holds no reports: %w", reports, os.ErrNotExist)
	}
	all, modules, newest := []vulnOf{}, map[string]*vulnModule{}, time.Time{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return 0, fmt.Errorf("read report: %w", err)
		}
		var rep vulnReport
		if err := json.Unmarshal(text, &rep); err != nil {
			return 0, fmt.Errorf("read report %s: %w", filepath.Base(name), err)
		}
		if rep.Modified.After(newest) {
			newest = rep.Modified
		}
		all = append(all, vulnOf{ID: rep.ID, Modified: rep.Modified})
		for _, a := range rep.Affected {
			m := modules[a.Package.Name]
			if m == nil {
				m = &vulnModule{Path: a.Package.Name}
				modules[m.Path] = m
			}
			m.Vulns = append(m.Vulns, vulnOf{ID: rep.ID, Modified: rep.Modified, Fixed: a.fixed()})
		}
		if err := put(filepath.Join(dir, "ID", rep.ID+".json"), text); err != nil {
			return 0, err
		}
	}
	list := make([]*vulnModule, 0, len(modules))
	for _, m := range modules {
		list = append(list, m)
	}
	for name, v := range map[string]any{"db": map[string]time.Time{"modified": newest}, "modules": list, "vulns": all} {
		text, err := json.Marshal(v)
		if err != nil {
			return 0, fmt.Errorf("write index: %w", err)
		}
		if err := put(filepath.Join(dir, "index", name+".json"), text); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

func put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write database: %w", err)
	}
	return nil
}
