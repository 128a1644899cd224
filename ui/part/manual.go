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
	page, piece := Column(0), []widget.RichTextSegment(nil)
	end := func() {
		if len(piece) > 0 {
			rich := widget.NewRichText(piece...)
			rich.Wrapping = fyne.TextWrapWord
			page.Add(rich)
		}
		piece = nil
	}
	for _, s := range widget.NewRichTextFromMarkdown(text).Segments {
		// Fyne draws code as a field to type into, and a heading close to the list
		// before it: code is drawn as ours, and each section stands for itself.
		if code, ok := s.(*widget.CodeBlockSegment); ok {
			end()
			page.Add(Padded(0, theme.InnerPadding(), Code(strings.TrimRight(code.Text, "\n"))))
			continue
		}
		if heading(s) {
			end()
		}
		dress(s, follow)
		piece = append(piece, s)
	}
	end()
	return page
}

// heading tells whether a piece of the text is the title of a section.
func heading(s widget.RichTextSegment) bool {
	text, ok := s.(*widget.TextSegment)
	return ok && text.Style.SizeName == theme.SizeNameSubHeadingText
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
