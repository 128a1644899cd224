package localapi

import (
	"context"
	"net/http"
)

// CodeNoBook says that no offline address book is at an address.
const CodeNoBook Code = "no_address_book"

// AddressBooksRequest asks what an offline address book holds. URL is that of
// its folder, or of oab.xml in it.
type AddressBooksRequest struct {
	URL string `json:"url"`
}

// AddressBook is one list of an offline address book.
type AddressBook struct {
	Name     string `json:"name"`
	ID       string `json:"id"`
	Sequence int    `json:"sequence"` // grows when it is made anew
	Size     int64  `json:"size"`
	Unpacked int64  `json:"unpacked"`
	Updates  int    `json:"updates"`
}

// AddressBooks lists what an offline address book holds.
func (c *Client) AddressBooks(ctx context.Context, q AddressBooksRequest) ([]AddressBook, error) {
	return call[[]AddressBook](ctx, c, http.MethodPost, "/v1/addressbooks", q)
}
