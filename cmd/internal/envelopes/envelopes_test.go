package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const schema = `<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="good" type="xs:int"/></xs:schema>`

const (
	valid   = `<good>1</good>`
	invalid = `<good>one</good>`
	broken  = `<good>`
)

type ran struct {
	code     int
	out, err string
}

func runIn(t *testing.T, files map[string]string, env map[string]string, args ...string) ran {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "recorded")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(path, content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		write(filepath.Join(dir, name), content)
	}
	write(filepath.Join(root, "some.xsd"), schema)
	var out, errOut bytes.Buffer
	t.Chdir(root)
	args = append([]string{"-dir", "recorded", "-schema", "some.xsd"}, args...)
	code := run(t.Context(), args, func(k string) string { return env[k] }, &out, &errOut)
	return ran{code, out.String(), errOut.String()}
}

func needXMLLint(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("xmllint is not installed; run make setup")
		}
		t.Skip("xmllint is not installed; run make setup")
	}
}

func TestRun_NamesInvalidEnvelopes(t *testing.T) {
	needXMLLint(t)
	for _, tt := range []struct {
		name  string
		files map[string]string
		code  int
		err   []string
	}{
		{"all valid", map[string]string{"GetItem.Exchange2016.req.1.xml": valid, "GetItem.Exchange2016.resp.2.xml": valid}, 0, nil},
		{
			"an answer breaks the schema",
			map[string]string{"GetItem.Exchange2016.resp.2.xml": invalid, "GetItem.none.resp.3.xml": valid},
			1,
			[]string{"1 envelopes do not follow", "GetItem.Exchange2016.resp.2.xml", "not a valid value"},
		},
		{"a request of ours is no XML", map[string]string{"GetItem.Exchange2016.req.1.xml": broken}, 1, []string{"GetItem.Exchange2016.req.1.xml", "line 1"}},
		{"an empty file", map[string]string{"GetItem.Exchange2016.resp.1.xml": ""}, 1, []string{"GetItem.Exchange2016.resp.1.xml"}},
		{"another client's request may be anything", map[string]string{"GetItem.Exchange2016.peer.1.xml": broken, "GetItem.none.refused.2.xml": invalid, "GetItem.Exchange2016.resp.1.xml": valid}, 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := runIn(t, tt.files, nil, "-floor=false")
			if got.code != tt.code {
				t.Errorf("exit code = %d, want %d\n%s%s", got.code, tt.code, got.out, got.err)
			}
			for _, want := range tt.err {
				if !strings.Contains(got.err, want) {
					t.Errorf("message %q lacks %q", got.err, want)
				}
			}
		})
	}
}

func TestRun_JudgesEveryFileOfSeveralCalls(t *testing.T) {
	needXMLLint(t)
	files := make(map[string]string)
	for i := range perCall*2 + 10 {
		files[fmt.Sprintf("GetItem.none.resp.%04d.xml", i)] = valid
	}
	files[fmt.Sprintf("GetItem.none.resp.%04d.xml", perCall+7)] = invalid
	got := runIn(t, files, nil, "-floor=false")
	if want := fmt.Sprintf("GetItem.none.resp.%04d.xml", perCall+7); got.code != 1 || !strings.Contains(got.err, want) {
		t.Errorf("exit code %d, message %q, want 1 and %s", got.code, got.err, want)
	}
}

func TestRun_FailsBelowFloor(t *testing.T) {
	got := runIn(t, map[string]string{"GetItem.Exchange2016.req.1.xml": valid}, nil)
	if got.code != 1 || !strings.Contains(got.err, "GetItem: 1 requests of ours and 0 answers recorded; want at least") || !strings.Contains(got.err, "MoveItem: no request of ours for Exchange2007_SP1") {
		t.Errorf("exit code %d, message %q", got.code, got.err)
	}
}

func TestMissing_CountsOnlyOurRequests(t *testing.T) {
	c := counts{{"GetItem", "Exchange2016"}: {5, 1, 7}, {"GetItem", "Exchange2010"}: {0, 0, 9}}
	if got := c.missing([]floor{{"GetItem", 1, 5, []string{"Exchange2016"}}}); len(got) != 0 {
		t.Errorf("missing = %v, want none", got)
	}
	for _, f := range []floor{{"GetItem", 2, 0, nil}, {"GetItem", 0, 6, nil}, {"GetItem", 0, 0, []string{"Exchange2010"}}, {"MoveItem", 1, 0, nil}} {
		if got := c.missing([]floor{f}); len(got) != 1 {
			t.Errorf("missing(%+v) = %v, want one problem", f, got)
		}
	}
}

func TestRun_AbsentSchemaIsAnErrorOnlyInCI(t *testing.T) {
	files := map[string]string{"GetItem.none.resp.1.xml": valid}
	for _, tt := range []struct {
		ci   string
		code int
	}{{"", 0}, {"true", 1}} {
		got := runIn(t, files, map[string]string{"CI": tt.ci}, "-floor=false", "-schema", filepath.Join(t.TempDir(), "none.xsd"))
		if got.code != tt.code || !strings.Contains(got.out+got.err, "none.xsd: absent") {
			t.Errorf("CI=%q: exit code %d, want %d; said %q", tt.ci, got.code, tt.code, got.out+got.err)
		}
	}
}

func TestRun_RefusesFolderItCannotRead(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no envelope": {}, "not named": {"notes.txt": ""}, "was LOCKSTEP_RECORD_EWS set": {}, `origin "sent"`: {"GetItem.none.sent.1.xml": valid},
	} {
		if got := runIn(t, files, nil); got.code != 1 || !strings.Contains(got.err, name) {
			t.Errorf("exit code %d, message %q, want 1 and %q", got.code, got.err, name)
		}
	}
	if got := run(t.Context(), nil, func(string) string { return "" }, &bytes.Buffer{}, &bytes.Buffer{}); got != 2 {
		t.Errorf("exit code without a folder = %d, want 2", got)
	}
}

func TestParse_LeavesDotsToTheOperation(t *testing.T) {
	got, err := parse("Get.Item.Exchange2016.peer.0a.xml")
	if err != nil || got.operation != "Get.Item" || got.version != "Exchange2016" || got.from != peer {
		t.Errorf("parse = %+v, %v", got, err)
	}
}

func TestPrint_SortsByOperationAndVersion(t *testing.T) {
	var b bytes.Buffer
	c := counts{{"GetItem", "Exchange2016"}: {3, 1, 2}, {"CreateItem", "none"}: {1, 0, 0}, {"GetItem", "Exchange2010"}: {0, 4, 0}}
	if err := c.print(&b); err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"operation", "version", "our", "requests", "other", "requests", "answers"},
		{"CreateItem", "none", "0", "0", "1"},
		{"GetItem", "Exchange2010", "4", "0", "0"},
		{"GetItem", "Exchange2016", "1", "2", "3"},
	}
	var got [][]string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Fields(line))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got)\n%s", diff)
	}
}
