package rpc

import (
	"context"
	"fmt"
	"time"

	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
)

// Connect answers the address where a person authorizes the connection.
func (s integrationService) Connect(
	ctx context.Context, req *integrationv1.ConnectRequest,
) (*integrationv1.ConnectResponse, error) {
	if err := s.checkReturnURL(req.GetReturnUrl()); err != nil {
		return nil, err
	}
	address, err := s.cfg.Engine.AuthorizeURL(ctx, ledger.RetailerID(req.GetRetailerId()), posting.AuthorizationRequest{
		Caller: actor(ctx), ReturnURL: req.GetReturnUrl(), AllowOther: req.GetAllowOtherCompany(),
		AbandonUnsettled: req.GetAbandonUnsettled(),
	})
	if err != nil {
		return nil, fmt.Errorf("begin a connection of %s: %w", req.GetRetailerId(), err)
	}
	return &integrationv1.ConnectResponse{AuthorizationUrl: address}, nil
}

// GetConnection answers where the connection stands.
func (s integrationService) GetConnection(
	ctx context.Context, req *integrationv1.GetConnectionRequest,
) (*integrationv1.GetConnectionResponse, error) {
	connection, err := s.connection(ctx, req.GetRetailerId())
	if err != nil {
		return nil, err
	}
	return &integrationv1.GetConnectionResponse{Connection: connection}, nil
}

func (s integrationService) connection(ctx context.Context, retailer string) (*integrationv1.Connection, error) {
	connection, err := s.cfg.Store.Connection(ctx, ledger.RetailerID(retailer))
	if err != nil {
		return nil, fmt.Errorf("read the connection of %s: %w", retailer, err)
	}
	return connectionToProto(&connection, s.cfg.Engine.Environment, time.Now()), nil
}

// Disconnect ends the connection.
func (s integrationService) Disconnect(
	ctx context.Context, req *integrationv1.DisconnectRequest,
) (*integrationv1.DisconnectResponse, error) {
	revoked, err := s.cfg.Engine.Disconnect(ctx, ledger.RetailerID(req.GetRetailerId()))
	if err != nil {
		return nil, fmt.Errorf("disconnect %s: %w", req.GetRetailerId(), err)
	}
	connection, err := s.connection(ctx, req.GetRetailerId())
	if err != nil {
		return nil, err
	}
	return &integrationv1.DisconnectResponse{Connection: connection, RevokedAtIntuit: revoked}, nil
}

// ImportAccounts reads the chart of accounts and tells how far it has come.
func (s integrationService) ImportAccounts(
	ctx context.Context, req *integrationv1.ImportAccountsRequest,
	stream integrationv1connect.IntegrationServiceImportAccountsServerStream,
) error {
	progress := func(read, total int) error {
		return stream.Send(&integrationv1.ImportAccountsResponse{
			Update: &integrationv1.ImportAccountsResponse_Progress{
				Progress: &integrationv1.ImportProgress{ReadCount: count32(read), TotalCount: count32(total)},
			},
		})
	}
	summary, err := s.cfg.Engine.ImportAccounts(ctx, ledger.RetailerID(req.GetRetailerId()), progress)
	if err != nil {
		return fmt.Errorf("import the accounts of %s: %w", req.GetRetailerId(), err)
	}
	err = stream.Send(&integrationv1.ImportAccountsResponse{
		Update: &integrationv1.ImportAccountsResponse_Summary{Summary: importSummaryToProto(summary)},
	})
	if err != nil {
		return fmt.Errorf("send the summary of an import of %s: %w", req.GetRetailerId(), err)
	}
	return nil
}

// StartSync begins posting.
func (s integrationService) StartSync(
	ctx context.Context, req *integrationv1.StartSyncRequest,
) (*integrationv1.StartSyncResponse, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	if err := s.cfg.Store.StartSync(ctx, retailer, time.Now()); err != nil {
		return nil, fmt.Errorf("start the sync of %s: %w", retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	connection, err := s.connection(ctx, req.GetRetailerId())
	if err != nil {
		return nil, err
	}
	return &integrationv1.StartSyncResponse{Connection: connection}, nil
}

// PauseSync stops posting.
func (s integrationService) PauseSync(
	ctx context.Context, req *integrationv1.PauseSyncRequest,
) (*integrationv1.PauseSyncResponse, error) {
	if err := s.cfg.Store.PauseSync(ctx, ledger.RetailerID(req.GetRetailerId()), time.Now()); err != nil {
		return nil, fmt.Errorf("pause the sync of %s: %w", req.GetRetailerId(), err)
	}
	connection, err := s.connection(ctx, req.GetRetailerId())
	if err != nil {
		return nil, err
	}
	return &integrationv1.PauseSyncResponse{Connection: connection}, nil
}
