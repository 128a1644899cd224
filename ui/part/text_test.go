package part

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// drawn are the lines of a text as they are drawn, and how low the last ends.
func drawn(t *Text) (lines []string, bottom float32) {
	rich := test.WidgetRenderer(t).Objects()[0].(*widget.RichText)
	for _, o := range test.WidgetRenderer(rich).Objects() {
		if c, ok := o.(*canvas.Text); ok && c.Visible() {
			lines = append(lines, c.Text)
			bottom = max(bottom, rich.Position().Y+c.Position().Y+c.MinSize().Height)
		}
	}
	return lines, bottom
}

// TestText_GoesOnInASecondLine checks a text in a row of a list, whose cell
// serves one text after another.
func TestText_GoesOnInASecondLine(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme{Mode: ModeLight})
	text := NewText("Up to date", Style{Two: true})
	text.Resize(fyne.NewSize(100, text.MinSize().Height))
	if got, _ := drawn(text); len(got) != 1 {
		t.Errorf("what fits is drawn as %q", got)
	}
	text.SetText("A server cannot be reached")
	got, bottom := drawn(text)
	if len(got) != 2 || got[0] != "A server cannot" || got[1] != "be reached" {
		t.Errorf("drawn as %q", got)
	}
	if bottom > text.Size().Height+1 {
		t.Errorf("the second line ends at %v of %v", bottom, text.Size().Height)
	}
	if text.Text() != "A server cannot be reached" {
		t.Errorf("it says %q", text.Text())
	}
	text.Resize(fyne.NewSize(300, text.MinSize().Height))
	if got, _ := drawn(text); len(got) != 1 {
		t.Errorf("with more room it is drawn as %q", got)
	}
	text.Set("Up", Style{Two: true, Bold: true})
	if got, _ := drawn(text); len(got) != 1 || got[0] != "Up" {
		t.Errorf("then drawn as %q", got)
	}
}
