package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// FieldCell is a cell of a FieldTable; a marked one stands on the ground of what
// differs. A bare one has no air around it: it fills its cell itself.
type FieldCell struct {
	Object fyne.CanvasObject
	Marked bool
}

// fieldRow is the height of a row whose texts need one line.
const fieldRow float32 = 46

// FieldTable is a table of few rows that are as high as their texts need; nothing is
// cut. foot may be nil.
func FieldTable(columns []TableColumn, heads []fyne.CanvasObject, rows [][]FieldCell, foot fyne.CanvasObject) *fyne.Container {
	head := container.New(&fieldLayout{columns: columns, least: headHeight}, heads...)
	col := Column(0, container.NewStack(NewArea(theme.ColorNameHeaderBackground, "", 0), head))
	for _, r := range rows {
		cells := container.New(&fieldLayout{columns: columns, least: fieldRow})
		grounds := container.New(&fieldLayout{columns: columns, least: fieldRow, bare: true})
		for _, c := range r {
			ground := fyne.ThemeColorName("")
			if c.Marked {
				ground = ColorDiff
			}
			grounds.Add(NewArea(ground, "", 0))
			cells.Add(c.Object)
		}
		col.Add(Line())
		col.Add(container.NewStack(grounds, cells))
	}
	if foot != nil {
		col.Add(Line())
		col.Add(Padded(GapWide, GapWide, foot))
	}
	return Panel(col)
}

// fieldLayout is a columnLayout whose row is as high as its highest cell. What
// wraps tells its height only for a width, so the last width is remembered.
type fieldLayout struct {
	columns []TableColumn
	least   float32
	bare    bool
}

func (l *fieldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, l.least)
	for i, o := range objects {
		size.Width += l.columns[i].Width
		if !l.bare {
			size.Height = max(size.Height, o.MinSize().Height+2*Gap)
		}
	}
	return size
}

func (l *fieldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths := columnWidths(l.columns, size.Width)
	var x float32
	for i, o := range objects {
		if l.bare {
			o.Move(fyne.NewPos(x, 0))
			o.Resize(fyne.NewSize(widths[i], size.Height))
			x += widths[i]
			continue
		}
		width := max(widths[i]-2*GapWide, 0)
		o.Resize(fyne.NewSize(width, o.Size().Height))
		height := min(o.MinSize().Height, size.Height)
		o.Move(fyne.NewPos(x+GapWide, (size.Height-height)/2))
		o.Resize(fyne.NewSize(width, height))
		x += widths[i]
	}
}
