package manual

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPages_AreWholeAndShort(t *testing.T) {
	const most = 120
	link := regexp.MustCompile(`\]\(([^)]*)\)`)
	seen := 0
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		language, file := path.Split(name)
		id, isPage := strings.CutSuffix(file, ".md")
		if !isPage || !slices.Contains(order[:], id) || !slices.Contains(Languages(), strings.TrimSuffix(language, "/")) {
			t.Errorf("%s is no page that the index knows", name)
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) >= most {
			t.Errorf("%s has %d lines, want fewer than %d", name, len(lines), most)
		}
		if !strings.HasPrefix(lines[0], "# ") || strings.Count(string(text), "\n# ") > 0 {
			t.Errorf("%s does not begin with its one title: %q", name, lines[0])
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, ok := Find(English, m[1]); !ok {
				t.Errorf("%s links to %q, which is no page", name, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(order) * len(Languages()); seen != want {
		t.Errorf("%d pages are there, want %d", seen, want)
	}
}

func TestPages_AreInTheLanguageAskedForElseInEnglish(t *testing.T) {
	for _, language := range Languages() {
		for i, p := range Pages(language) {
			if p.ID != order[i] || p.Language != language || p.Title == "" {
				t.Errorf("%s, page %d: %s in %s, titled %q; want %s", language, i, p.ID, p.Language, p.Title, order[i])
			}
		}
	}
	for tag, want := range map[string]string{"de-AT": "de", "nb_NO.UTF-8": "nb", "no": "nb", "nn-NO": "nb", "FI": "fi", "fr": English, "": English} {
		if got := Pages(tag)[0].Language; got != want {
			t.Errorf("%q is answered in %q, want %q", tag, got, want)
		}
	}
}

func TestFind_TakesWhatLinksName(t *testing.T) {
	for _, id := range []string{"privacy", "privacy.md"} {
		if p, ok := Find("sv", id); !ok || p.ID != "privacy" {
			t.Errorf("Find(%q) = %q, %v", id, p.ID, ok)
		}
	}
	if _, ok := Find(English, "../secrets"); ok {
		t.Error("a page was found that there is not")
	}
}

// TestPages_TranslationsShowTheSameCommands: what is typed is the same in every
// language.
func TestPages_TranslationsShowTheSameCommands(t *testing.T) {
	typed := regexp.MustCompile("lockstepctl[^`\n]*|`[a-z_]+ = [^`]*`")
	commands := func(text string) []string {
		found := typed.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, language := range Languages() {
		for _, p := range Pages(language) {
			english, _ := Find(English, p.ID)
			if got, want := commands(p.Text), commands(english.Text); !slices.Equal(got, want) {
				t.Errorf("%s/%s shows\n%q\nwant\n%q", language, p.ID, got, want)
			}
		}
	}
}
