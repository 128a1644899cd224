package part

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Manual is a page of Markdown in the theme. A link that names another page is
// handed to follow; others open in the browser.
func Manual(text string, follow func(page string)) fyne.CanvasObject {
	rich := widget.NewRichTextFromMarkdown(text)
	rich.Wrapping = fyne.TextWrapWord
	for _, s := range rich.Segments {
		dress(s, follow)
	}
	rich.Refresh()
	return rich
}

// dress gives a piece of the text the sizes of our pages, and its links a place
// to lead to.
func dress(s widget.RichTextSegment, follow func(string)) {
	switch s := s.(type) {
	case *widget.TextSegment:
		if s.Style.SizeName == theme.SizeNameHeadingText || s.Style.SizeName == theme.SizeNameSubHeadingText {
			s.Style.TextStyle = fyne.TextStyle{Bold: true}
		}
		if s.Style.TextStyle.Monospace {
			s.Style.SizeName = SizeMono
		}
	case *widget.HyperlinkSegment:
		if u := s.URL; u != nil && u.Scheme == "" && strings.HasSuffix(u.Path, ".md") {
			page := strings.TrimSuffix(u.Path, ".md")
			s.OnTapped = func() { follow(page) }
		}
	case *widget.ParagraphSegment:
		for _, in := range s.Texts {
			dress(in, follow)
		}
	case *widget.ListSegment:
		for _, in := range s.Items {
			dress(in, follow)
		}
	}
}
