package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	hostile   = 1 << 30  // what a server would send
	maxMemory = 64 << 20 // what it may cost us
)

// peak is by how much the heap grows at most while do runs.
func peak(do func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	base, most := m.HeapAlloc, m.HeapAlloc
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}()
	do()
	close(stop)
	<-done
	return most - base
}

// flood writes a text over and over until so much is sent or nobody listens.
func flood(w io.Writer, text string, total int) {
	chunk := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
	for sent := 0; sent < total; sent += len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestCall_HostileAnswersCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector multiplies memory")
	}
	for name, send := range map[string]func(w http.ResponseWriter){
		"1 GiB of blanks": func(w http.ResponseWriter) { flood(w, " ", hostile) },
		"1 GiB of rows": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "[{}")
			flood(w, ",{}", hostile)
		},
		"1 GiB out of 1 MiB": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, "[{}")
			flood(z, ",{}", hostile)
			_ = z.Close()
		},
		"as many rows as fit": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "[{}")
			flood(w, ",{}", 7<<20)
			_, _ = io.WriteString(w, "]")
		},
		"as deep as fits": func(w http.ResponseWriter) { flood(w, "[", 7<<20) },
		"one row as deep as fits": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `[{"guid":`)
			flood(w, `{"a":`, 7<<20)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				send(w)
			})
			c := newTestClient(t, f.URL)
			var errs []error
			cost := peak(func() {
				for _, err := range c.Activities(t.Context(), ActivityQuery{}) {
					if err != nil {
						errs = append(errs, err)
					}
				}
			})
			if len(errs) == 0 {
				t.Fatal("it was taken for a list")
			}
			wantClass(t, errs[0], Protocol)
			if cost > maxMemory {
				t.Errorf("it cost %d MiB, more than %d", cost>>20, maxMemory>>20)
			}
			t.Logf("cost %d MiB", cost>>20)
		})
	}
}
