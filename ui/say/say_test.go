package say

import "testing"

// TestSay checks that English needs no file and fills its places.
func TestSay(t *testing.T) {
	for got, want := range map[string]string{
		T("Nothing"): "Nothing",
		T("Paused until {{.When}}", "When", "14:00"):               "Paused until 14:00",
		N("{{.N}} change", "{{.N}} changes", 1):                    "1 change",
		N("{{.N}} change", "{{.N}} changes", 2):                    "2 changes",
		N("{{.N}} of {{.All}}", "{{.N}} of {{.All}}", 0, "All", 3): "0 of 3",
	} {
		if got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
}

// TestMatch checks that a desktop's locale finds its language.
func TestMatch(t *testing.T) {
	for locale, want := range map[string]string{
		"nl_NL.UTF-8": "nl", "nl-BE": "nl", "fi": "fi", "sv_FI": "sv", "no_NO": "nb", "nb-NO": "nb", "nn_NO": "nb",
		"de_AT": "de", "da_DK": "da", "fr_FR": "en", "C.UTF-8": "en", "": "en", "en_GB": "en",
	} {
		if got := Match(locale); got != want {
			t.Errorf("%q gives %q, want %q", locale, got, want)
		}
	}
	if got := Match("fr_FR", "de_DE"); got != "de" {
		t.Errorf("the second wish gives %q, want de", got)
	}
}

// TestUse checks that every language that is offered can be used.
func TestUse(t *testing.T) {
	t.Cleanup(func() { _ = Use(English) })
	for _, l := range Languages() {
		if err := Use(l); err != nil || Tag() != l {
			t.Errorf("%s: %v, in use: %s", l, err, Tag())
		}
		if Name(l) == "" {
			t.Errorf("%s has no name", l)
		}
	}
	if err := Use("xx"); err == nil {
		t.Error("an unknown language was taken")
	}
}
