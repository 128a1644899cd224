package crashtest

import (
	"fmt"
	"runtime"
	"testing"
)

// Trial runs a check against something that is known to be broken and returns
// what the check complained of; nothing means that it did not notice. t itself
// does not fail.
func Trial(t testing.TB, check func(t testing.TB)) (complaints []string) {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.complaints = append(r.complaints, fmt.Sprint("panic: ", p))
			}
		}()
		check(r)
	}()
	<-done
	return r.complaints
}

// recorder is a testing.TB that keeps its failures to itself.
type recorder struct {
	testing.TB
	complaints []string
}

func (r *recorder) note(s string)             { r.complaints = append(r.complaints, s) }
func (r *recorder) Failed() bool              { return len(r.complaints) > 0 }
func (r *recorder) Fail()                     { r.note("failed") }
func (r *recorder) Error(a ...any)            { r.note(fmt.Sprint(a...)) }
func (r *recorder) Errorf(f string, a ...any) { r.note(fmt.Sprintf(f, a...)) }
func (r *recorder) Log(...any)                {}
func (r *recorder) Logf(string, ...any)       {}

func (r *recorder) FailNow() {
	r.note("stopped")
	runtime.Goexit()
}

func (r *recorder) Fatal(a ...any) {
	r.note(fmt.Sprint(a...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(f string, a ...any) {
	r.note(fmt.Sprintf(f, a...))
	runtime.Goexit()
}
