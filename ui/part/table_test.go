package part

import (
	"slices"
	"testing"
)

func TestColumnWidths_GiveUpWhatThereIsNoRoomFor(t *testing.T) {
	columns := []TableColumn{{Width: 40}, {Width: 100, Grow: 1}, {Width: 60, Grow: 1, Drop: true}, {Width: 100, Grow: 3}}
	for _, tt := range []struct {
		whole float32
		want  []float32
	}{
		{300, []float32{40, 100, 60, 100}},
		{350, []float32{40, 110, 70, 130}},
		{290, []float32{40, 112.5, 0, 137.5}},
		{200, []float32{40, 80, 0, 80}},
	} {
		if got := columnWidths(columns, tt.whole); !slices.Equal(got, tt.want) {
			t.Errorf("of %v: %v, want %v", tt.whole, got, tt.want)
		}
	}
}
