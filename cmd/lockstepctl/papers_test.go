package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/cmd/internal/canary"
	"lockstep/cmd/internal/diagnostics"
)

// diagnosed saves diagnostics and gives their files. What is searched for must
// be found unpacked: packing would hide it from the test and from nobody else.
func diagnosed(t *testing.T, r *rig, args ...string) []diagnostics.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "help.zip")
	r.ok("", append([]string{"diagnostics", "--out", path}, args...)...)
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := diagnostics.Unzip(packed)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPapers_HoldNoSecretAndNoSubject looks into what an office hands out after
// a sync of entries with canaries in every text, a misbehaving server and a log
// that says more than usual.
func TestPapers_HoldNoSecretAndNoSubject(t *testing.T) {
	r := newRig(t, small())
	secrets := map[string]string{"password": r.office.Access.Exchange.Password, "client secret": r.office.Access.Severa.ClientSecret}
	private := map[string]string{"client id": r.office.Access.Severa.ClientID}
	for _, m := range []map[string]string{secrets, canaries} {
		for what, text := range m {
			private[what] = text
		}
	}
	for _, p := range r.office.People {
		private["address of "+p.Name()] = p.Email
	}
	item, _, _ := plant(t, r)
	r.run("", "--debug", "sync", "--once", "--approve-first")
	if err := r.office.Exchange.Drop(item, false); err != nil {
		t.Fatal(err)
	}
	r.run("", "--debug", "sync", "--once")
	if !hasActivity(r.office.Severa, canaries["private subject"]) {
		t.Fatal("the entries were not kept in step: the test looks for nothing")
	}
	log := ""
	for _, f := range diagnosed(t, r) {
		canary.Search(t, f.Name, f.Content, private)
		if f.Name == "lockstep.log" {
			log = string(f.Content)
		}
	}
	if strings.Count(log, "\n") < 3 || !strings.Contains(log, "person-1") && !strings.Contains(log, `"msg"`) {
		t.Errorf("the log of a talkative run is missing: %q", log)
	}
	sheet := filepath.Join(t.TempDir(), "sheet")
	r.ok("", "handover", "--html", sheet+".html", "--text", sheet+".txt")
	for _, ext := range []string{".html", ".txt"} {
		text, err := os.ReadFile(sheet + ext)
		if err != nil {
			t.Fatal(err)
		}
		canary.Search(t, "the handover sheet "+ext, text, secrets)
		canary.Search(t, "the handover sheet "+ext, text, canaries)
	}
}

// TestDiagnostics_TellSubjectsWhereTheOfficeShowsThem: ticking it tells one's
// own subjects, and never those of people whose subjects are not shown.
func TestDiagnostics_TellSubjectsWhereTheOfficeShowsThem(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		args  []string
		want  bool
	}{
		"not ticked":               {"", nil, false},
		"ticked":                   {"", []string{"--subjects"}, true},
		"ticked, but nobody's own": {"[screen]\nshow_subjects = false\nme = \"nobody@office.test\"\n", []string{"--subjects"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, small())
			plant(t, r)
			if c.rules != "" {
				text, err := os.ReadFile(r.file)
				if err != nil {
					t.Fatal(err)
				}
				plain := strings.ReplaceAll(string(text), "[screen]\nshow_subjects = true\n", "")
				if err := os.WriteFile(r.file, []byte(plain+c.rules), 0o600); err != nil {
					t.Fatal(err)
				}
				r.ok("", "setup", "--file", r.file)
			}
			r.run("", "sync", "--once", "--approve-first")
			found := false
			for _, f := range diagnosed(t, r, c.args...) {
				found = found || f.Name == "changes.json" && bytes.Contains(f.Content, []byte(canaries["subject in Exchange"]))
			}
			if found != c.want {
				t.Errorf("the subject is told: %v, want %v", found, c.want)
			}
		})
	}
}
