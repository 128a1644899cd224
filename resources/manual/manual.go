// Package manual embeds the pages that Help shows: short ones in plain words,
// as Markdown, in the folder of their language. Each begins with its title as a
// heading of the first level.
//
// English is what the program is held to. The other languages have every page
// too, translated by people who do not speak all of them; who asks for yet
// another one reads English. The package knows nothing of who shows the pages.
package manual

import (
	"embed"
	"slices"
	"strings"
)

//go:embed */*.md
var files embed.FS

// English is the language of whoever asks for one that there is not.
const English = "en"

// Page is one page of the manual.
type Page struct {
	ID    string // "getting-started"; links name a page by it, with ".md"
	Title string
	// Text is Markdown, the title included.
	Text string
	// Language is that of the text: English where the language asked for lacks
	// the page.
	Language string
}

// order is the order in which pages are read.
var order = [...]string{
	"getting-started", "preparing-exchange", "connecting-severa", "first-sync", "needs-attention", "safety-stops", "history-and-undo",
	"privacy", "people", "troubleshooting", "command-line",
}

// Languages are those in which there is something to read, English first.
func Languages() []string { return []string{English, "nl", "fi", "sv", "nb", "da", "de"} }

// Pages are all pages in the order in which they are read, each in that
// language (a tag such as "de" or "de-AT") where there is a translation, else
// in English.
func Pages(language string) []Page {
	out := make([]Page, 0, len(order))
	for _, id := range order {
		p, ok := read(base(language), id)
		if !ok {
			p, _ = read(English, id)
		}
		out = append(out, p)
	}
	return out
}

// Find is one page, in the same way.
func Find(language, id string) (Page, bool) {
	id = strings.TrimSuffix(id, ".md")
	pages := Pages(language)
	i := slices.IndexFunc(pages, func(p Page) bool { return p.ID == id })
	if i < 0 {
		return Page{}, false
	}
	return pages[i], true
}

func read(language, id string) (Page, bool) {
	text, err := files.ReadFile(language + "/" + id + ".md")
	if err != nil {
		return Page{}, false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return Page{ID: id, Title: strings.TrimPrefix(first, "# "), Text: string(text), Language: language}, true
}

// base is the language of a tag: "de" of "de_AT.UTF-8". Norwegian without a
// form is Bokmål.
func base(tag string) string {
	tag = strings.ToLower(tag)
	if i := strings.IndexAny(tag, "-_."); i >= 0 {
		tag = tag[:i]
	}
	if tag == "no" || tag == "nn" {
		return "nb"
	}
	return tag
}
