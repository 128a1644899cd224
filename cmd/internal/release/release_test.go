package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// bench is a builder of the checkout that builds nothing.
func bench(t *testing.T) *builder {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	a, err := readApp(filepath.Join(root, "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return &builder{
		app: a, root: root, src: root, work: t.TempDir(), dist: t.TempDir(), tools: t.TempDir(),
		made: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), out: io.Discard,
	}
}

func TestReadApp_HasAllThatInstallersSay(t *testing.T) {
	a := bench(t).app
	if a.Name != "Lockstep" || a.ID != "org.lockstep.Lockstep" || !regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+$`).MatchString(a.four()) {
		t.Errorf("app = %+v, four numbers %q", a, a.four())
	}
}

func TestChoose_KeepsTheTablesOrder(t *testing.T) {
	names := func(ss []step) (out []string) {
		for _, s := range ss {
			out = append(out, s.name)
		}
		return out
	}
	table := func() []step { return []step{{name: "a"}, {name: "b", asked: true}, {name: "c"}} }
	for _, c := range []struct{ ask, want []string }{{nil, []string{"a", "c"}}, {[]string{"b", "a"}, []string{"a", "b"}}} {
		got, err := choose(table(), c.ask)
		if diff := cmp.Diff(c.want, names(got)); err != nil || diff != "" {
			t.Errorf("%v: %v (-want +got):\n%s", c.ask, err, diff)
		}
	}
	if _, err := choose(table(), []string{"x"}); err == nil {
		t.Error("a step that does not exist was taken")
	}
}

func TestFill_LeavesNoPlaceholder(t *testing.T) {
	b := bench(t)
	names, err := files.ReadDir("files")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range names {
		made, err := b.fill(f.Name(), map[string]string{"PROGRAM": "/usr/bin/lockstepctl"})
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		if left := regexp.MustCompile(`@[A-Z]+@`).Find(text); left != nil {
			t.Errorf("%s still says %s", f.Name(), left)
		}
	}
}

func TestArchives_AreTheSameEachTime(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	content := tree{"bin/x": {text: []byte("program"), exec: true}, "a": {text: []byte("text")}}
	for name, pack := range map[string]func(string) error{
		"zip": func(to string) error { return writeZIP(to, "top", content, at) },
		"tar": func(to string) error { return writeTar(to, "top", content, at) },
	} {
		var made [2][]byte
		for i := range made {
			to := filepath.Join(t.TempDir(), "x")
			if err := pack(to); err != nil {
				t.Fatal(err)
			}
			var err error
			if made[i], err = os.ReadFile(to); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(made[0], made[1]) {
			t.Errorf("two %s of the same files differ", name)
		}
		if name != "zip" {
			continue
		}
		r, err := zip.NewReader(bytes.NewReader(made[0]), int64(len(made[0])))
		if err != nil || len(r.File) != 2 || r.File[1].Name != "top/bin/x" || r.File[1].Mode().Perm() != 0o755 {
			t.Errorf("zip = %+v, %v", r, err)
		}
	}
}

func TestChecksums_CoverEverythingButThemselves(t *testing.T) {
	b := bench(t)
	for name, text := range map[string]string{"b.txt": "b", "a.txt": "a", "sbom/c.json": "c"} {
		path := filepath.Join(b.dist, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time the list itself is there
		if err := checksums(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(filepath.Join(b.dist, sumsName))
	want := "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.txt\n" +
		"3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.txt\n" +
		"2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6  sbom/c.json\n"
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestSigner_IsNamedByTheEnvironment(t *testing.T) {
	env := map[string]string{}
	get := func(k string) string { return env[k] }
	if s, err := signerFromEnv(get); s != nil || err != nil {
		t.Errorf("without a certificate: %v, %v", s, err)
	}
	env[signFileVar] = filepath.Join(t.TempDir(), "none.pfx")
	if _, err := signerFromEnv(get); err == nil {
		t.Error("a certificate that is not there would have left everything unsigned")
	}
}

func TestRelated_NamesWhatWindowsNeed(t *testing.T) {
	b := bench(t)
	for _, format := range []string{"deb", "rpm"} {
		text, err := json.Marshal(b.related(format))
		if err != nil {
			t.Fatal(err)
		}
		_, statErr := os.Stat(filepath.Join(b.src, "cmd", "lockstep-window", "main.go"))
		if got, want := strings.Contains(strings.ToLower(string(text)), "libgl"), statErr == nil; got != want {
			t.Errorf("%s: OpenGL is needed: %v, want %v", format, got, want)
		}
	}
}

func TestMacOS_SaysWhereItCanBeBuilt(t *testing.T) {
	if err := releaseMacOS(context.Background(), bench(t)); err == nil || !strings.Contains(err.Error(), "Mac") {
		t.Errorf("on another system: %v, want it to say that a Mac is needed", err)
	}
}
