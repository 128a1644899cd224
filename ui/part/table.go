package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The heights of a row, by what stands in it.
const (
	RowOneLine  float32 = 40
	RowPerson   float32 = 44
	RowTwoLines float32 = 50
	headHeight  float32 = 32
)

// TableHead is how high a table is without any row.
const TableHead = headHeight + 1

// TableColumn is one column of a Table: Width pixels wide, or that wide at
// least and taking its share of what is left over.
type TableColumn struct {
	Title string
	Width float32
	Grow  float32 // 0: as wide as Width
	Right bool    // numbers stand at the right
	// Head stands in the place of the title, if there is one.
	Head fyne.CanvasObject
	// Drop leaves the column out where there is too little room for all.
	Drop bool
	// Sort is called when the title is pressed; nil: it cannot be.
	Sort func()
}

// Table is a list with columns and a head. Whole rows are selected, also by the
// keyboard, and only the rows that can be seen exist.
type Table struct {
	// Object is what stands on the page.
	Object *fyne.Container
	List   *widget.List
	// Tint is the ground of row i; nil, or empty: none of its own.
	Tint    func(i int) fyne.ThemeColorName
	columns []TableColumn
	heads   []*Text
	sorts   []*Picture
}

// NewTable makes a table. cells makes the cells of one row, set fills them for
// row i; the same cells serve one row after another.
func NewTable(height float32, columns []TableColumn, length func() int, cells func() []fyne.CanvasObject,
	set func(i int, cells []fyne.CanvasObject),
) *Table {
	t := &Table{columns: columns}
	head := container.New(columnLayout{columns})
	for _, c := range columns {
		s := Style{Bold: true, Color: theme.ColorNamePlaceHolder}
		if c.Right {
			s.Align = fyne.TextAlignTrailing
		}
		text, mark := NewText(c.Title, s), NewPicture(16)
		mark.Hide()
		t.heads, t.sorts = append(t.heads, text), append(t.sorts, mark)
		switch {
		case c.Head != nil:
			head.Add(c.Head)
		case c.Sort != nil:
			head.Add(newHead(container.New(&afterLayout{text: text}, text, mark), c.Sort))
		default:
			head.Add(text)
		}
	}
	t.List = widget.NewList(length, func() fyne.CanvasObject {
		// A list puts padding between rows: the row's pitch is the height that is asked for.
		return Tall(height-theme.Padding(), container.NewStack(NewArea("", "", 0), container.New(columnLayout{columns}, cells()...)))
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		row := o.(*fyne.Container).Objects[0].(*fyne.Container) //nolint:forcetypeassert // made above
		if t.Tint != nil {
			row.Objects[0].(*Area).Paint(t.Tint(i), "") //nolint:forcetypeassert // made above
		}
		set(i, row.Objects[1].(*fyne.Container).Objects) //nolint:forcetypeassert // made above
	})
	top := Tall(headHeight, container.NewStack(NewArea(theme.ColorNameHeaderBackground, "", 0), head))
	t.Object = container.New(topLayout{}, Column(0, top, Line()), t.List)
	return t
}

// SetSorted shows by which column the rows are sorted, and which way; -1: by none.
func (t *Table) SetSorted(column int, down bool) {
	for i, mark := range t.sorts {
		if i != column {
			mark.Hide()
			continue
		}
		name := "chevron-down"
		if down {
			name = "chevron-up"
		}
		mark.Set(name, theme.ColorNamePlaceHolder)
		mark.Show()
	}
}

// head is a title to be pressed.
type head struct{ press }

func newHead(content fyne.CanvasObject, pressed func()) *head {
	h := &head{}
	h.init(h, 4, 0, headHeight-2*GapTight, content, pressed)
	return h
}

// SetTitle names a column anew.
func (t *Table) SetTitle(column int, title string) { t.heads[column].SetText(title) }

// topLayout puts the first thing above the second, without the padding of a
// border.
type topLayout struct{}

func (topLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (topLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[1].Move(fyne.NewPos(0, h))
	o[1].Resize(fyne.NewSize(size.Width, max(size.Height-h, 0)))
}

// columnLayout lays one row out: 12 pixels of air in each cell.
type columnLayout struct{ columns []TableColumn }

func (l columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for i, o := range objects {
		if !l.columns[i].Drop {
			size.Width += l.columns[i].Width
		}
		size.Height = max(size.Height, o.MinSize().Height)
	}
	return size
}

func (l columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths := columnWidths(l.columns, size.Width)
	var x float32
	for i, o := range objects {
		if l.columns[i].Drop {
			if widths[i] == 0 {
				o.Hide()
				continue
			}
			o.Show()
		}
		height := min(o.MinSize().Height, size.Height)
		o.Move(fyne.NewPos(x+GapWide, (size.Height-height)/2))
		o.Resize(fyne.NewSize(max(widths[i]-2*GapWide, 0), height))
		x += widths[i]
	}
}

// columnWidths are the widths of columns that share what is left over. Where
// there is too little, some are left out (0), and then those that would grow
// give it up.
func columnWidths(columns []TableColumn, whole float32) []float32 {
	left, shares, soft := whole, float32(0), float32(0)
	needed := float32(0)
	for _, c := range columns {
		needed += c.Width
	}
	out := make([]float32, len(columns))
	dropped := func(c TableColumn) bool { return c.Drop && needed > whole }
	for _, c := range columns {
		if dropped(c) {
			continue
		}
		left -= c.Width
		shares += c.Grow
		if c.Grow > 0 {
			soft += c.Width
		}
	}
	for i, c := range columns {
		out[i] = c.Width
		switch {
		case dropped(c):
			out[i] = 0
		case c.Grow == 0:
		case left > 0:
			out[i] += left * c.Grow / shares
		default:
			out[i] = max(c.Width+left*c.Width/soft, 0)
		}
	}
	return out
}

// TwoLines is a cell with a bold line over a small quiet one.
type TwoLines struct {
	// Object is what stands on the page.
	Object        *fyne.Container
	First, Second *Text
}

// NewTwoLines is such a cell.
func NewTwoLines() *TwoLines {
	c := &TwoLines{First: NewText("", Style{Bold: true}), Second: NewText("", Style{Color: theme.ColorNamePlaceHolder, Size: theme.SizeNameCaptionText})}
	c.Object = container.New(twoLinesLayout{}, c.First, c.Second)
	return c
}

// Set fills both lines; an empty second one leaves the first in the middle.
func (c *TwoLines) Set(first, second string) {
	c.First.SetText(first)
	c.Second.SetText(second)
	if second == "" {
		c.Second.Hide()
	} else {
		c.Second.Show()
	}
	c.Object.Refresh()
}

// twoLinesLayout keeps the height of two lines where there is but one: the rows
// of a list are laid out once, whatever stands in them later.
type twoLinesLayout struct{}

func (twoLinesLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (twoLinesLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	a, b := o[0].MinSize().Height, o[1].MinSize().Height
	y := (size.Height - a - b) / 2
	if !o[1].Visible() {
		y = (size.Height - a) / 2
	}
	o[0].Move(fyne.NewPos(0, y))
	o[0].Resize(fyne.NewSize(size.Width, a))
	o[1].Move(fyne.NewPos(0, y+a))
	o[1].Resize(fyne.NewSize(size.Width, b))
}
