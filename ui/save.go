package ui

import (
	"bytes"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// saveAs asks where to, and writes a file there; done is told how that went,
// unless the person thought better of it.
func saveAs(w *Window, name string, write func(io.Writer) error, done func(error)) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if to == nil && err == nil {
			return
		}
		if err != nil {
			done(err)
			return
		}
		var content bytes.Buffer
		if err := write(&content); err != nil {
			_ = to.Close()
			done(err)
			return
		}
		go func() {
			_, err := to.Write(content.Bytes())
			if closed := to.Close(); err == nil {
				err = closed
			}
			w.Do(func() { done(err) })
		}()
	}, w.win)
	d.SetFileName(name)
	d.Show()
}
