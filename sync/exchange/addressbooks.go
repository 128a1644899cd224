package exchange

import (
	"context"

	"lockstep/sync/endpoint"
	"lockstep/sync/exchange/ews"
)

// AddressBooks reads the manifest of an offline address book, and so proves
// its address.
func (c *Connection) AddressBooks(ctx context.Context, address string) ([]ews.AddressBook, error) {
	const op = "read offline address book"
	books, err := c.client.AddressBooks(ctx, address)
	if err != nil {
		return nil, failed(op, err, endpoint.ScopeAccount)
	}
	return books, nil
}
