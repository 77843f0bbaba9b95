import type { Project, Repository, RepositoryRef, Site, Workspace } from '@posthorn/core'
import { toAccount } from './account.ts'
import type { WireContext } from './context.ts'
import { toProjectLinks, toRepositoryLinks, toRepositoryUrls, toWorkspaceLinks } from './links.ts'
import type { WireProject, WireRepository, WireRepositoryShort, WireWorkspace } from './wire.ts'

/** A repository as it stands at the top of a body. */
export function toRepository(repository: Repository, context: WireContext): WireRepository {
  const { site, urls } = context
  const { parent, workspace } = repository
  return {
    type: 'repository',
    full_name: toFullName(repository),
    links: toRepositoryLinks(urls),
    name: repository.name,
    scm: 'git',
    website: repository.website ?? null,
    owner: toAccount(repository.owner, context),
    workspace: toWorkspace(workspace, site),
    is_private: repository.isPrivate,
    project: toProject(repository.project, workspace, site),
    uuid: `{${repository.uuid}}`,
    parent: parent == null ? null : toRepositoryShort(parent, site),
  }
}

function toRepositoryShort(repository: RepositoryRef, site: Site): WireRepositoryShort {
  return {
    type: 'repository',
    full_name: toFullName(repository),
    links: toRepositoryLinks(toRepositoryUrls(site, repository)),
    name: repository.name,
    uuid: `{${repository.uuid}}`,
  }
}

function toWorkspace(workspace: Workspace, site: Site): WireWorkspace {
  return {
    type: 'workspace',
    uuid: `{${workspace.uuid}}`,
    name: workspace.name,
    slug: workspace.slug,
    links: toWorkspaceLinks(site, workspace),
  }
}

function toProject(project: Project, workspace: Workspace, site: Site): WireProject {
  return {
    type: 'project',
    key: project.key,
    uuid: `{${project.uuid}}`,
    name: project.name,
    links: toProjectLinks(site, project, workspace),
  }
}

function toFullName({ workspace, slug }: RepositoryRef): string {
  return `${workspace.slug}/${slug}`
}
