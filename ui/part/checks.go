package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// CheckRow is one line of a Checks: what was tested and what came of it.
type CheckRow struct {
	State       State
	Title, Note string
}

// Checks is a list of what was tested, in a panel. A failed line has a soft
// ground; one that could not be tried is quiet.
type Checks struct {
	// Object is what stands on the page.
	Object *fyne.Container
	rows   *fyne.Container
}

// NewChecks is an empty list.
func NewChecks() *Checks {
	c := &Checks{rows: Column(0)}
	c.Object = Panel(c.rows)
	c.Object.Hide()
	return c
}

// Set shows other lines.
func (c *Checks) Set(rows []CheckRow) {
	c.rows.RemoveAll()
	for i, r := range rows {
		if i > 0 {
			c.rows.Add(Line())
		}
		c.rows.Add(checkLine(r))
	}
	c.Object.Hidden = len(rows) == 0 // an empty panel is a line
	c.Object.Refresh()
}

func checkLine(r CheckRow) fyne.CanvasObject {
	title, ground := Style{Wrap: true}, fyne.ThemeColorName("")
	switch r.State {
	case StateFailed:
		title.Bold, ground = true, ColorErrorSoft
	case StateAttention:
		title.Bold = true
	case StateWaiting, StateSkipped:
		title.Color = theme.ColorNamePlaceHolder
	case StateNone, StateOK, StateSyncing, StatePaused, StateStopped, StateOffline, StateSlowed, StateSignIn:
	}
	text := Column(0, NewText(r.Title, title))
	if r.Note != "" {
		text.Add(Caption(r.Note))
	}
	icon := container.NewVBox(r.State.Icon(18))
	return container.NewStack(NewArea(ground, "", 0),
		Padded(9, GapBlocks, container.NewBorder(nil, nil, Padded(0, GapTight, icon), nil, text)))
}
