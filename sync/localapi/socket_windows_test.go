package localapi

import (
	"context"
	"log/slog"
	"testing"

	"lockstep/sync/office"
)

// asked is an Agent that answers the one call that greets it.
type asked struct{ Agent }

func (asked) Status(context.Context, uint64) (office.Status, error) {
	return office.Status{Seq: 1}, nil
}

func TestListen_AnswersEveryCaller(t *testing.T) {
	address := Address(t.Name())
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, asked{}, slog.New(slog.DiscardHandler)) }()
	for n := range 3 { // the first one is another one than the library's own
		c, err := Dial(t.Context(), address)
		if err != nil {
			t.Errorf("caller %d is not answered: %v", n+1, err)
			continue
		}
		c.Close()
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
