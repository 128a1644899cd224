package model

import (
	"strings"
	"testing"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// TestAbouts_AreSaidInTheReadersLanguage checks what the agent tells in English
// and a window shows.
func TestAbouts_AreSaidInTheReadersLanguage(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	if err := say.Use("fi"); err != nil {
		t.Fatal(err)
	}
	english := localapi.Diagnostics{Files: []localapi.DiagnosticsFile{
		{Name: "status.json", About: "how everybody is doing"},
		{Name: "changes.json", About: "what each write did, entries by the hashes of their subjects"},
		{Name: "changes.json", About: "what each write did, with the subjects that this office shows, the others as hashes"},
	}}
	seen := map[string]bool{}
	for i, f := range BundleFiles(english) {
		if strings.Contains(f.Value, english.Files[i].About) || seen[f.Value] {
			t.Errorf("%s: %q", f.Name, f.Value)
		}
		seen[f.Value] = true
	}
	if got := BundleFiles(localapi.Diagnostics{Files: []localapi.DiagnosticsFile{{Name: "new.json", About: "something new"}}}); !strings.HasPrefix(got[0].Value, "something new") {
		t.Errorf("a file that is not known is %q", got[0].Value)
	}
	for _, kind := range []string{"impersonation", "delegate", "throttling"} {
		for _, everybody := range []bool{false, true} {
			if got := ScriptAbout(localapi.Script{Kind: kind, About: "English"}, everybody); got == "" || got == "English" {
				t.Errorf("%s: %q", kind, got)
			}
		}
	}
}
