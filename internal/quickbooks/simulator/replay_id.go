package simulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// replayKey returns what a repeat is known by: the requestid, whatever is written with it, and for a batch the bIds of all
// items as well, so that the same requestid with other bIds is a new request.
func replayKey(c *call) (replayID, *wire.Fault) {
	if c.kind == KindBatch {
		return batchReplayKey(c)
	}
	if len(c.requestID) > wire.MaxRequestID {
		return replayID{}, badRequestID(wire.MaxRequestID)
	}
	h := contentHash{sha256.New()}
	h.part([]byte(c.kind))
	h.part(c.body)
	return replayID{key: c.requestID, hash: h.sum()}, nil
}

// batchReplayKey is replayKey of a batch. The order of its items has no meaning.
func batchReplayKey(c *call) (replayID, *wire.Fault) {
	if len(c.requestID) > wire.MaxBatchRequestID {
		return replayID{}, badRequestID(wire.MaxBatchRequestID)
	}
	inOrder, fault := c.batchItems()
	if fault != nil {
		return replayID{}, fault
	}
	items := slices.Clone(inOrder)
	slices.SortStableFunc(items, func(a, b batchItem) int { return cmp.Compare(a.id, b.id) })
	key := []byte(c.requestID)
	h := contentHash{sha256.New()}
	for i := range items {
		item := &items[i]
		if len(item.id) > wire.MaxBID {
			return replayID{}, oneFault(codeRequestID, "bId",
				"Invalid Request Id Format : with a requestid a bId has at most %d characters", wire.MaxBID)
		}
		key = append(append(key, 0), item.id...)
		for _, word := range []string{item.id, item.operation, item.options, item.object} {
			h.part([]byte(word))
		}
		h.part(item.body)
	}
	return replayID{key: string(key), hash: h.sum()}, nil
}

func badRequestID(most int) *wire.Fault {
	return oneFault(codeRequestID, "requestid", "Invalid Request Id Format : at most %d characters", most)
}

// contentHash is the hash of a list of texts.
type contentHash struct{ hash.Hash }

// part adds a text. Its length comes first, so that two lists differ wherever their texts begin and end.
func (h contentHash) part(text []byte) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(text)))
	_, _ = h.Write(length[:]) // a hash takes everything
	_, _ = h.Write(text)
}

func (h contentHash) sum() (sum [sha256.Size]byte) {
	h.Sum(sum[:0])
	return sum
}
