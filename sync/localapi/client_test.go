package localapi

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestGreet_GivesUpOnAnAgentThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		c := clientOver(func(context.Context) (net.Conn, error) { return ours, nil })
		read := make(chan struct{})
		go func() {
			defer close(read)
			_, _ = io.Copy(io.Discard, theirs) // it ends when the client has given up
		}()
		began := time.Now()
		if err := c.greet(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want %v", err, context.DeadlineExceeded)
		}
		if took := time.Since(began); took != answerWithin {
			t.Errorf("gave up after %s, want %s", took, answerWithin)
		}
		c.Close()
		<-read
	})
}
