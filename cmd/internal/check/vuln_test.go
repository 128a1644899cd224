package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The database that is made of its source names each report by its module, with
// the version that mends it, which is what govulncheck asks it for.
func TestWriteVulnDB_IndexesReportsByModule(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	report := `{"id": "GO-2026-0001", "modified": "2026-01-02T03:04:05Z", "affected": [
		{"package": {"name": "stdlib"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.26.9"}]}]}]}`
	if err := os.WriteFile(filepath.Join(from, "GO-2026-0001.json"), []byte(report), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := writeVulnDB(from, to); err != nil || n != 1 {
		t.Fatalf("%d reports, %v", n, err)
	}
	var got []vulnModule
	text, err := os.ReadFile(filepath.Join(to, "index", "modules.json"))
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil || len(got) != 1 || got[0].Path != "stdlib" || len(got[0].Vulns) != 1 || got[0].Vulns[0].Fixed != "1.26.9" {
		t.Errorf("modules = %+v, %v", got, err)
	}
	if text, err := os.ReadFile(filepath.Join(to, "ID", "GO-2026-0001.json")); err != nil || string(text) != report {
		t.Errorf("the report is %q, %v", text, err)
	}
	if _, err := writeVulnDB(t.TempDir(), to); err == nil {
		t.Error("a folder without reports makes a database that finds nothing")
	}
}
