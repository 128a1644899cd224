package policy

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// parsed are the elements of a template.
func parsed(t *testing.T, text string) []xml.StartElement {
	t.Helper()
	var out []xml.StartElement
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			out = append(out, e.Copy())
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// TestTemplate_NamesOnlyWhatItsTextHas: the editor refuses a template as a whole when one text is missing.
func TestTemplate_NamesOnlyWhatItsTextHas(t *testing.T) {
	has := map[string]int{}
	for _, e := range parsed(t, ADML("0.1.0")) {
		switch e.Name.Local {
		case "string", "presentation":
			has[e.Name.Local+"."+attr(e, "id")]++
		}
	}
	for name, n := range has {
		if n > 1 {
			t.Errorf("%s stands %d times in the text", name, n)
		}
	}
	template := ADMX("0.1.0")
	for _, ref := range regexp.MustCompile(`\$\((string|presentation)\.([^)]*)\)`).FindAllStringSubmatch(template, -1) {
		if has[ref[1]+"."+ref[2]] == 0 {
			t.Errorf("the text lacks %s %s", ref[1], ref[2])
		}
	}
	categories, policies := map[string]bool{}, 0
	for _, e := range parsed(t, template) {
		switch e.Name.Local {
		case "category":
			categories[attr(e, "name")] = true
		case "parentCategory":
			if ref := attr(e, "ref"); !categories[ref] {
				t.Errorf("there is no category %q", ref)
			}
		case "policy":
			policies++
			if key := attr(e, "key"); !strings.HasPrefix(key, registryRoot) {
				t.Errorf("key %q is not below %s", key, registryRoot)
			}
		}
	}
	if policies != len(Keys()) {
		t.Errorf("%d policies for %d keys", policies, len(Keys()))
	}
}

// TestTemplate_WritesWhatIsRead follows each policy from where the template writes it to what FromRegistry reads.
func TestTemplate_WritesWhatIsRead(t *testing.T) {
	path := ""
	read := map[string]any{}
	for _, e := range parsed(t, ADMX("0.1.0")) {
		name := attr(e, "valueName")
		if e.Name.Local == "policy" {
			path = strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(attr(e, "key"), registryRoot), `\`), `\`, ".")
			if path != "" {
				path += "."
			}
		}
		if name == "" {
			continue
		}
		key, ok := keyNamed(path + name)
		if !ok {
			t.Errorf("%s%s is written and never read", path, name)
			continue
		}
		values := map[string]any{"policy": uint64(1), "enum": "", "decimal": uint64(7), "multiText": []string{"a"}, "text": "b"}
		v := values[e.Name.Local]
		if key.Choices != nil {
			v = key.Choices[0]
		}
		read[path+name] = v
	}
	l, err := FromRegistry(Machine, "x", read)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Values) != len(Keys()) {
		t.Errorf("%d values read of %d keys", len(l.Values), len(Keys()))
	}
}
